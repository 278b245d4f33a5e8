"""Which payment each cancellation takes back, and which lines belong to one regularisation."""

from dataclasses import dataclass, field

import polars as pl

from desktop.services.review.leaves import covered_before
from desktop.services.review.line import Kind

_MOST_STROKES = 400
"""Lines that meet in one place. Where there are more it is no leave, and each is not weighed against each."""

_NEVER, _ALWAYS = -(1 << 31), 1 << 31


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of `ground`, as a regularisation weighs it."""

    row: int
    file: int
    line: int
    cluster: int
    kind: str
    cancels: bool
    first: int
    last: int
    paid: int | None
    payee: str
    counted: int | None
    unit: int | None
    nature: int
    cover: int
    gross: int
    levies: int
    net: int
    mate: int | None
    """The row of the payment that this cancels, or of the cancellation that takes this back, to the cent."""

    def after(self, other: "Stroke") -> bool:
        """Whether it was paid later, or stands later where the days are the same or not told."""
        if self.paid is not None and other.paid is not None and self.paid != other.paid:
            return self.paid > other.paid
        return (self.file, self.line) > (other.file, other.line)

    def meets(self, other: "Stroke") -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(slots=True)
class Cluster:
    """Lines of one person whose dates meet a cancellation."""

    cancelling: list[Stroke] = field(default_factory=list)
    originals: list[Stroke] = field(default_factory=list)
    """What was paid first and is taken back, wholly or in part."""
    renewed: list[Stroke] = field(default_factory=list)
    orphans: list[Stroke] = field(default_factory=list)
    """Cancellations of what nobody paid and nobody pays again, as far as the lines tell."""


def paired(ground: pl.DataFrame) -> pl.DataFrame:
    """row and mate (u32) of the lines that take each other back: same person, scheme, nature and dates, equal and
    opposite amounts, a payment never later than its cancellation."""
    amount = pl.when(pl.col("kind") == Kind.LEVY.value).then(pl.col("levies")).otherwise(pl.col("gross")).abs()
    dated = _touched(ground).with_columns(
        pl.struct("group", "nature", "kind", "first", "last", amount.alias("amount")).hash().alias("key")
    )
    cancelled = dated.filter("cancels").select("key").unique()
    events = (
        dated.join(cancelled, on="key", how="semi")
        .with_columns(
            pl.col("paid").cast(pl.Int64).fill_null(pl.when("cancels").then(_ALWAYS).otherwise(_NEVER)).alias("when")
        )
        .sort("key", "when", "cancels", "file", "line")
        .select("key", "row", "cancels", "payee")
    )
    rows: list[int] = []
    mates: list[int] = []
    open_payments: dict[str, list[int]] = {}
    at = None
    for key, row, cancels, payee in events.iter_rows():
        if key != at:
            at, open_payments = key, {}
        if not cancels:
            open_payments.setdefault(payee, []).append(row)
        elif found := open_payments.get(payee) or next(filter(None, open_payments.values()), None):
            mate = found.pop()
            rows += (row, mate)
            mates += (mate, row)
    return pl.DataFrame({"row": rows, "mate": mates}, schema={"row": pl.UInt32, "mate": pl.UInt32})


def _touched(ground: pl.DataFrame) -> pl.DataFrame:
    """The dated lines of the people of whom something was cancelled: few, as a rule."""
    dated = pl.col("first").is_not_null() & pl.col("named") & (pl.col("kind") != Kind.RECOVERY.value)
    groups = ground.lazy().filter(dated & pl.col("cancels")).select("group").unique()
    return ground.lazy().join(groups, on="group", how="semi", maintain_order="left").filter(dated).collect()


def clusters(ground: pl.DataFrame, pairs: pl.DataFrame) -> list[Cluster]:
    """The lines around each cancellation with dates, in order of the lines."""
    touched = _touched(ground)
    if touched.is_empty():
        return []
    lines = (
        touched.join(pairs, on="row", how="left", maintain_order="left")
        .sort("group", "first", "row")
        .with_columns(pl.col("group").rle_id().cast(pl.Int64).alias("group"))
        .with_columns(covered_before("group", "last").alias("covered"))
    )
    new = pl.col("covered").is_null() | (pl.col("first") > pl.col("covered"))
    lines = lines.with_columns(new.cast(pl.UInt32).cum_sum().alias("cluster"))
    kept = lines.filter(pl.col("cancels").any().over("cluster")).sort("cluster", "file", "line")
    made: dict[int, list[Stroke]] = {}
    for values in kept.select(Stroke.__slots__).iter_rows():
        stroke = Stroke(*values)
        made.setdefault(stroke.cluster, []).append(stroke)
    return [_sorted_out(strokes) for strokes in made.values()]


def _sorted_out(strokes: list[Stroke]) -> Cluster:
    """Says of each line of a cluster what it does there. Lines that only stand beside a cancellation are left out."""
    cluster = Cluster(originals=[stroke for stroke in strokes if not stroke.cancels and stroke.mate is not None])
    cancelling = [stroke for stroke in strokes if stroke.cancels]
    answered = {stroke.row for stroke in cancelling if stroke.mate is not None}
    if len(strokes) <= _MOST_STROKES:
        mates = {stroke.row: stroke for stroke in cluster.originals}
        free = [stroke for stroke in strokes if not stroke.cancels and stroke.mate is None]
        answered |= _nearly_mirrored(cluster, free, cancelling)
        answered |= _paid_anew(cluster, free, cancelling, mates)
    dates = {cancel.first for cancel in cancelling if cancel.row in answered and cancel.kind != Kind.LEVY.value}
    for cancel in cancelling:
        follows = cancel.kind == Kind.LEVY.value and cancel.first in dates
        empty = not (cancel.gross or cancel.levies or cancel.net)
        (cluster.cancelling if cancel.row in answered or follows or empty else cluster.orphans).append(cancel)
    return cluster


def _nearly_mirrored(cluster: Cluster, free: list[Stroke], cancelling: list[Stroke]) -> set[int]:
    """Takes out of `free` the levies that were taken back but for their rounding; answers who took them back."""
    answered = set()
    for cancel in cancelling:
        if cancel.kind == Kind.LEVY.value and cancel.mate is None and (original := _nearly(cancel, free)):
            free.remove(original)
            cluster.originals.append(original)
            answered.add(cancel.row)
    return answered


def _paid_anew(cluster: Cluster, free: list[Stroke], cancelling: list[Stroke], mates: dict[int, Stroke]) -> set[int]:
    """Finds what was paid in place of what was taken back; answers the cancellations that this explains."""
    answered = set()
    again: set[tuple[int, int | None]] = set()
    for stroke in sorted(free, key=lambda one: one.kind == Kind.LEVY.value):  # a levy follows its allowance
        if stroke.kind == Kind.LEVY.value and (stroke.first, stroke.paid) in again:
            cluster.renewed.append(stroke)
            continue
        for cancel in cancelling:
            mate = mates.get(cancel.mate) if cancel.mate is not None else None
            if not _concerns(stroke, cancel):
                continue
            renews = _renews(stroke, cancel, mate)
            if renews and stroke.kind != Kind.LEVY.value:
                again.add((stroke.first, stroke.paid))
            if renews or (mate is None and _holds(stroke, cancel)):
                (cluster.renewed if renews else cluster.originals).append(stroke)
                answered.add(cancel.row)
                break
    return answered


def _nearly(cancel: Stroke, free: list[Stroke]) -> Stroke | None:
    """The levy taken back but for its rounding, which is done day by day: a cent a day."""
    same = [
        stroke
        for stroke in free
        if (stroke.nature, stroke.first, stroke.last) == (cancel.nature, cancel.first, cancel.last)
        and abs(stroke.levies + cancel.levies) <= stroke.last - stroke.first + 1
        and (stroke.paid is None or cancel.paid is None or stroke.paid <= cancel.paid)
    ]
    return min(same, key=lambda stroke: abs(stroke.levies + cancel.levies), default=None)


def _concerns(stroke: Stroke, cancel: Stroke) -> bool:
    """Whether a payment that nothing takes back whole may stand for what a cancellation took back: on its days, and of
    its nature, or paid with it on the very same dates under another name."""
    if not stroke.meets(cancel) or (stroke.kind == Kind.LEVY.value) != (cancel.kind == Kind.LEVY.value):
        return False
    together = (stroke.first, stroke.last, stroke.paid) == (cancel.first, cancel.last, cancel.paid)
    return together or stroke.kind == Kind.LEVY.value or stroke.cover == cancel.cover


def _renews(stroke: Stroke, cancel: Stroke, mate: Stroke | None) -> bool:
    """Whether the payment came in place of what was taken back. All three may bear one day: then the order of the
    lines tells."""
    if mate is None:
        return stroke.after(cancel)
    same_dates = (stroke.first, stroke.last) == (cancel.first, cancel.last)
    if mate.paid == cancel.paid:
        return same_dates or stroke.after(mate)
    if stroke.kind != Kind.LEVY.value and same_dates and stroke.after(mate):
        return True  # paid right first, and the wrong one taken back later
    return stroke.paid is None or cancel.paid is None or stroke.paid >= cancel.paid


def _holds(stroke: Stroke, cancel: Stroke) -> bool:
    """Whether a cancellation takes back a part of this payment."""
    within = stroke.first <= cancel.first and cancel.last <= stroke.last
    return within and stroke.gross + stroke.levies >= abs(cancel.gross + cancel.levies)
