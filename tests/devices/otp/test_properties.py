from hypothesis import given
from hypothesis import strategies as st

from devices.otp import Parameters, code_at, is_code, learn_drift, match, match_pair
from devices.states import Algorithm

seeds = st.binary(min_size=16, max_size=200)
products = st.builds(Parameters, st.sampled_from(Algorithm), st.sampled_from([6, 8]), st.sampled_from([30, 60]))
steps = st.integers(min_value=100, max_value=2**40)
windows = st.integers(min_value=0, max_value=12)
drifts = st.integers(min_value=-10, max_value=10)


@given(seeds, products, steps, windows, drifts, st.integers(min_value=-40, max_value=40))
def test_a_code_matches_exactly_when_some_step_of_the_window_shows_it(
    seed: bytes, product: Parameters, around: int, window: int, drift: int, off: int
) -> None:
    code = code_at(seed, product, around + off)
    centre = around + drift
    shown = {step: code_at(seed, product, step) for step in range(centre - window, centre + window + 1)}

    found = match(seed, product, code, around=around, window=window, drift=drift)

    assert (found is not None) == (code in shown.values())
    assert found is None or shown[found] == code


@given(seeds, products, steps, st.text(alphabet="0123456789", min_size=6, max_size=8))
def test_a_guess_matches_only_by_showing_what_the_device_shows(
    seed: bytes, product: Parameters, around: int, guess: str
) -> None:
    found = match(seed, product, guess, around=around, window=1, drift=0)

    assert found is None or code_at(seed, product, found) == guess


@given(seeds, products, steps, st.integers(min_value=-8, max_value=8))
def test_a_pair_matches_only_where_both_codes_follow_each_other(
    seed: bytes, product: Parameters, around: int, off: int
) -> None:
    first, second = code_at(seed, product, around + off), code_at(seed, product, around + off + 1)

    found = match_pair(seed, product, first, second, around=around, window=5, drift=0)

    assert (found is not None) == (-5 <= off <= 4) or first == second
    assert found is None or (code_at(seed, product, found - 1), code_at(seed, product, found)) == (first, second)


@given(st.text())
def test_whatever_is_typed_is_a_code_only_as_ascii_digits(typed: str) -> None:
    assert is_code(typed, 6) == (len(typed) == 6 and all(letter in "0123456789" for letter in typed))


@given(seeds, products, steps)
def test_every_code_a_device_shows_has_the_shape_of_a_code(seed: bytes, product: Parameters, step: int) -> None:
    assert is_code(code_at(seed, product, step), product.digits)


@given(drifts, st.integers(), st.integers(min_value=0, max_value=10))
def test_drift_stays_within_the_cap(current: int, observed: int, cap: int) -> None:
    assert abs(learn_drift(current, observed, cap)) <= cap
