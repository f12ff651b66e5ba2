import base64
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from branches.models import Customer
from nh_otp.vault import CannotOpen, KeyRing, associated, read_ring
from tests.factories.cast import Cast, customer

OLD, NEW = KeyRing({"k1": b"1" * 32}, "k1"), KeyRing({"k1": b"1" * 32, "k2": b"2" * 32}, "k2")
PARTS = st.lists(st.text(max_size=6), min_size=1, max_size=3)
BRIEF = settings(max_examples=60, deadline=None)


@BRIEF
@given(plain=st.binary(max_size=64), place=PARTS)
def test_what_was_sealed_for_a_place_opens_there(plain: bytes, place: list[str]) -> None:
    sealed = NEW.seal(plain, place=associated(*place))

    assert NEW.open(sealed, place=associated(*place)) == plain
    assert len(plain) < 8 or plain not in sealed


@BRIEF
@given(here=PARTS, there=PARTS)
def test_what_was_moved_elsewhere_does_not_open(here: list[str], there: list[str]) -> None:
    sealed = NEW.seal(b"seed", place=associated(*here))

    if here == there:
        return
    with pytest.raises(CannotOpen):
        NEW.open(sealed, place=associated(*there))


@BRIEF
@given(data=st.data(), plain=st.binary(max_size=32))
def test_what_was_changed_in_any_bit_does_not_open(data: st.DataObject, plain: bytes) -> None:
    sealed = bytearray(NEW.seal(plain, place=b"here"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))

    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CannotOpen):
        NEW.open(bytes(sealed), place=b"here")


@BRIEF
@given(rubbish=st.binary(max_size=80))
def test_rubbish_does_not_open(rubbish: bytes) -> None:
    with pytest.raises(CannotOpen):
        NEW.open(rubbish, place=b"here")


@BRIEF
@given(plain=st.binary(max_size=32), cut=st.integers(0, 60))
def test_what_was_cut_short_does_not_open(plain: bytes, cut: int) -> None:
    sealed = NEW.seal(plain, place=b"here")

    with pytest.raises(CannotOpen):
        NEW.open(sealed[: min(cut, len(sealed) - 1)], place=b"here")


@BRIEF
@given(one=PARTS, other=PARTS)
def test_no_two_places_read_alike(one: list[str], other: list[str]) -> None:
    assert (associated(*one) == associated(*other)) == (one == other)


def test_after_a_new_key_old_values_open_and_new_ones_use_it() -> None:
    before = OLD.seal(b"name", place=b"here")

    assert NEW.open(before, place=b"here") == b"name"
    with pytest.raises(CannotOpen):
        OLD.open(NEW.seal(b"name", place=b"here"), place=b"here")


def test_the_same_value_is_never_sealed_alike_twice() -> None:
    assert len({NEW.seal(b"name", place=b"here") for _ in range(200)}) == 200


def test_what_a_ring_shows_of_itself_holds_no_key() -> None:
    shown = f"{NEW!r} {NEW!s}"

    assert shown == "KeyRing(['k1', 'k2'], current=k2) KeyRing(['k1', 'k2'], current=k2)"


def test_a_blind_index_differs_by_purpose_and_stays_after_a_new_key() -> None:
    assert NEW.blind("customer.name", "김서연") != NEW.blind("customer.initials", "김서연")
    assert NEW.blind("customer.name", "김서연") != NEW.blind("customer.name", "김서현")
    assert NEW.blind("customer.name", "김서연") == OLD.blind("customer.name", "김서연")
    assert len(NEW.blind("customer.name", "김서연")) == 16


def line(name: str, size: int = 32) -> str:
    return f"{name} {base64.b64encode(bytes(size)).decode()}"


def test_the_last_line_of_a_file_is_the_current_key(tmp_path: Path) -> None:
    file = tmp_path / "ring"
    file.write_text(f"# data keys\n{line('2025')}\n\n{line('2026')}\n")

    ring = read_ring(str(file))

    assert (sorted(ring.keys), ring.current) == (["2025", "2026"], "2026")


RUBBISH = {
    "empty": "",
    "a comment": "# nothing",
    "no key": "k1",
    "not base64": "k1 notbase64!",
    "too short": line("k1", 16),
    "three words": f"{line('k1')} more",
    "endless name": line("k" * 256),
    "name not ASCII": line("키"),
    "one name twice": f"{line('k1')}\n{line('k1')}",
}


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH)
def test_a_ring_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|base64|padding|values"):
        KeyRing.parse(text)


def test_a_customers_name_does_not_open_in_another_row(cast: Cast) -> None:
    other = customer(at=cast.home, name="박지훈")
    Customer.objects.filter(pk=other.pk).update(name_sealed=cast.customer.name_sealed)

    other.refresh_from_db()

    with pytest.raises(CannotOpen):
        _ = other.name


def test_a_customers_phone_does_not_open_as_an_account(cast: Cast) -> None:
    cast.customer.account_sealed = cast.customer.phone_sealed

    with pytest.raises(CannotOpen):
        _ = cast.customer.account


def test_nothing_personal_of_a_customer_lies_open_in_the_row(cast: Cast) -> None:
    row = repr(Customer.objects.filter(pk=cast.customer.pk).values().get()).encode()

    for plain in ("김서연", "3481", "01023453481", "0123-4567"):
        assert plain.encode() not in row
