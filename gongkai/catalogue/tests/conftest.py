import pytest

from gongkai.catalogue.tests.entry_town import Town
from gongkai.organisations.enums import Role
from tests.factories import make_city, member, reviewers, user_with


@pytest.fixture
def town(db: None) -> Town:
    city = make_city()
    editor = user_with(Role.EDITOR, city.bureau_a)
    keeper = member(user_with(Role.SUPERVISOR, city.office))
    return Town(city, keeper, editor, member(editor), reviewers(city.bureau_a))
