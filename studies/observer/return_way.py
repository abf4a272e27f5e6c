"""How somebody goes back to the recruiter who sent them: a code, and an address, by how their part ended.

An import contract keeps the truth out of this module's reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from studies.models.observer import Observer
from studies.models.recruitment.open_link import OpenLink
from studies.models.recruitment.outside_id import OutsideId
from studies.models.recruitment.recruiter import CONVENTIONS, Recruiter
from studies.models.session import FULL, Session
from studies.sessions.recruitment.arrival import Arrival

ID_IN_SONA = "XXXX"
"""What SONA writes into its address in the place of the id."""


@dataclass(frozen=True, slots=True)
class ReturnWay:
    """What is shown to somebody whom a recruiter sent. Either may be empty, not both.

    Attributes
    ----------
    code
        To be typed on the recruiter's page.
    address
        Where to go on.
    """

    code: str
    address: str

    @property
    def host(self) -> str:
        """Whose page the address leads to."""
        return urlsplit(self.address).hostname or ""


def way_of_session(observer: Observer, session: Session) -> ReturnWay | None:
    """Return the way back of an observer whose session has ended; None where their link has none for this end.

    Nobody gets the code for whoever finishes before the last answer is stored: it is that which ends a session so.
    """
    # Read anew: the observer may be kept in memory, and the researcher may change the codes meanwhile.
    link = OpenLink.objects.filter(observers=observer.pk).first()
    if link is None:
        return None
    outside = OutsideId.objects.filter(observer=observer).first()
    arrival = Arrival(outside.value, outside.parameters) if outside is not None else Arrival()
    if session.finished_at is not None:
        return _way(link, link.completion_code, link.completion_url, arrival)
    if session.screened_out_by == FULL:
        return way_when_full(link, arrival)
    if session.screened_out_at is not None:
        return _way(link, link.screen_out_code, link.screen_out_url, arrival)
    return None


def way_when_full(link: OpenLink, arrival: Arrival) -> ReturnWay | None:
    """Return the way back of somebody who finds all places taken; None where the link has none."""
    return _way(link, link.full_code, link.full_url, arrival)


def way_when_screened_out(link: OpenLink, arrival: Arrival) -> ReturnWay | None:
    """Return the way back of somebody who is not let in; None where the link has none."""
    return _way(link, link.screen_out_code, link.screen_out_url, arrival)


def _way(link: OpenLink, code: str, address: str, arrival: Arrival) -> ReturnWay | None:
    convention = CONVENTIONS.get(link.recruiter)
    if not address and code and convention is not None:
        address = convention.return_address
    values = {"code": code, "id": arrival.outside_id, **arrival.parameters}
    filled = _filled(address, values, sona=link.recruiter == Recruiter.SONA)
    return ReturnWay(code, filled) if code or filled else None


def _filled(address: str, values: Mapping[str, str], *, sona: bool) -> str:
    """Return an address with its values filled in; nothing where one is missing, since it would lead astray."""
    if sona:
        address = address.replace(ID_IN_SONA, "{id}")
    for name, value in values.items():
        if value:
            address = address.replace("{" + name + "}", quote(value, safe=""))
    return "" if "{" in address else address
