"""What the tour plays, in order."""

from collections.abc import Callable
from typing import Final

from desktop.tour.arriving import first_list, open_attachment, read_a_request, search, sign_in, sort_out, start
from desktop.tour.spaces import add_a_space, become_administrator, jump_to_the_former_space, new_request
from desktop.tour.stage import Stage
from desktop.tour.weather import answer_arrives, come_back, conflict, insist, lose_the_portal, write_without_it
from desktop.tour.writing import reply_with_a_file, send, send_the_awaited_document, take_back

STEPS: Final[tuple[Callable[[Stage], None], ...]] = (
    start,
    sign_in,
    first_list,
    search,
    sort_out,
    read_a_request,
    open_attachment,
    reply_with_a_file,
    take_back,
    send,
    answer_arrives,
    send_the_awaited_document,
    lose_the_portal,
    write_without_it,
    come_back,
    conflict,
    insist,
    jump_to_the_former_space,
    new_request,
    become_administrator,
    add_a_space,
)
