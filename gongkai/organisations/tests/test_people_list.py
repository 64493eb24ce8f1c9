"""The list of people finds who is asked for, however it is typed."""

import pytest
from django.urls import reverse

from gongkai.organisations.enums import Role
from tests.factories import make_city, user_with
from tests.screens import html, sign_in

pytestmark = pytest.mark.django_db


def test_people_are_found_by_name_login_and_unit_in_any_width_and_script() -> None:
    city = make_city()
    user_with(Role.EDITOR, city.bureau_a, username="czj_wang", display_name="王试写")
    user_with(Role.EDITOR, city.bureau_b, username="fgw_li", display_name="李试审")
    browser = sign_in(user_with(Role.OPERATOR, city.office, display_name="运维人员"))
    for asked, found in (
        ("王", {"czj_wang"}),
        ("ＣＺＪ", {"czj_wang"}),
        ("財政局", {"czj_wang"}),
        ("试写 财政局", {"czj_wang"}),
        ("试", {"czj_wang", "fgw_li"}),
        ("试写 发展改革委", set()),
        ("\x00", {"czj_wang", "fgw_li"}),
    ):
        said = html(browser.get(reverse("office-desk:people"), {"q": asked}))
        assert {name for name in ("czj_wang", "fgw_li") if name in said} == found, asked
