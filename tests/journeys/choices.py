"""What hypothesis may choose from, and how often: most turns meet bad weather with something to send."""

from hypothesis import strategies as st

from tests.weather import CutDown, CutUp, Fate, Lose, Pass, Refuse, Say, Spoil

CLERKS = st.integers(0, 1)
SPACES = st.integers(0, 1)
PICKS = st.integers(0, 3)
FIRST: st.SearchStrategy[Fate] = st.sampled_from(
    (
        Pass(),
        Pass(),
        Pass(),
        Lose(),
        Spoil(502),
        Say(500),
        Lose(),
        Spoil(502),
        Say(500),
        Say(503),
        Refuse(),
        CutUp(5),
        CutDown(20),
    )
)
"""What the first request of a turn meets: most often the wish itself."""

THEN: st.SearchStrategy[list[Fate]] = st.lists(st.sampled_from((Pass(), Lose(), CutDown(20), Say(500))), max_size=3)
BEFORE = st.sampled_from(("nothing", "reply", "reply", "reply", "adviser", "adviser and reply"))
FULL = st.sampled_from((0, 0, 0, 0, 1, 2, 3, 4, 5, 6))
TROUBLES = st.sampled_from(
    ("expired", "days pass", "days pass", "revoked", "begun anew", "begun anew", "restart", "epoch")
)
ACTS = st.sampled_from(("prolong", "prolong", "prolong", "return", "early", "withdraw"))
"""Of a leave: few come back or are withdrawn, or there would soon be none to prolong."""
