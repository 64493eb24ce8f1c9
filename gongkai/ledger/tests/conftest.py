"""The supervising office, a duty of one bureau, its editor and its newsroom."""

from datetime import date

import pytest

from gongkai.ledger.models import Assignment
from gongkai.ledger.tests.offices import Office, assignment, open_office
from gongkai.ledger.tests.proofs import Newsroom
from gongkai.organisations.models import User
from tests.factories import user_with


@pytest.fixture
def office(db: None) -> Office:
    return open_office()


@pytest.fixture
def editor(office: Office) -> User:
    return user_with("editor", office.bureaus["czj"])


@pytest.fixture
def duty(office: Office) -> Assignment:
    return assignment(office, office.bureaus["czj"], deadline=date(2022, 10, 31))


@pytest.fixture
def newsroom(office: Office) -> Newsroom:
    return Newsroom(office.bureaus["czj"])
