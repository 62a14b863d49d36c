"""Prices are read exactly, from JSON or TOML; what is wrong in them is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.debugcog.costs.prices import UNITS, Price, PriceError, PriceList, Prices, parsed

SMALL = '{"small": {"input": 0.15, "output": 0.6}}'


def test_prices_are_exact() -> None:
    text = '{"currency": "EUR", "a": {"input": 0.15, "output": 60, "cached": 0.000001}}'
    assert parsed(text) == Prices("EUR", {"a": Price(150_000, 60_000_000, 1)})


def test_toml_is_read_too() -> None:
    text = '["gpt-4.1"]\ninput = 2.0\noutput = 8\n'
    assert parsed(text, is_toml=True).models == {"gpt-4.1": Price(2_000_000, 8_000_000, 2_000_000)}


def test_tokens_cost_what_they_should() -> None:
    price = Price(150_000, 600_000, 75_000)
    assert price.of(1_000_000, 1_000_000, 0) == 0.75 * UNITS
    assert price.of(1_000_000, 0, 1_000_000) == 0.075 * UNITS
    assert price.of(0, 0, 10) < 0
    assert price.of(0.5, 0, 0) == 75_000


def test_a_price_of_a_provider_goes_before_that_of_the_model() -> None:
    text = '{"a": {"input": 1, "output": 1}, "x/a": {"input": 2, "output": 2}}'
    prices = parsed(text)
    assert prices.find("a", "x") == Price(2_000_000, 2_000_000, 2_000_000)
    assert prices.find("a", "y") == prices.find("a", "") == Price(1_000_000, 1_000_000, 1_000_000)
    assert prices.find("b", "x") is None


def test_a_model_is_found_as_its_label_is_written() -> None:
    prices = parsed('{"stheno-3.2:latest (new)": {"input": 1, "output": 1}}')
    assert prices.find("stheno-3.2:latest _new_", "") is not None


def test_provider_and_model_may_each_be_as_long_as_a_label() -> None:
    provider, model = "p" * 64, "m" * 64
    price = Price(1_000_000, 1_000_000, 1_000_000)
    text = f'{{"{provider}/{model}": {{"input": 1, "output": 1}}}}'
    assert parsed(text).find(model, provider) == price
    path = "org/" + "m" * 80
    assert parsed(f'{{"{path}": {{"input": 1, "output": 1}}}}').find(path[:64], "x") == price


def test_a_free_model_has_a_price() -> None:
    assert parsed('{"a": {"input": 0, "output": 0}}').find("a", "") == Price(0, 0, 0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "this is no JSON, Expecting property name"),
        ("[" * 100_000, "this is no JSON, "),
        ("[]", "expected prices by model, such as "),
        ('{"a": 1}', "model 'a': expected input, output and, if need be, cached"),
        ('{"a": {"input": 1}}', "model 'a': expected input, output and, if need be, cached"),
        ('{"a": {"input": 1, "output": 1, "per": 1}}', "model 'a': expected input, output"),
        ('{"a": {"input": "1", "output": 1}}', "a: input is '1', not a number"),
        ('{"a": {"input": true, "output": 1}}', "a: input is True, not a number"),
        ('{"a": {"input": -1, "output": 1}}', "a: input is -1, not a price from 0 to 1,000,000"),
        ('{"a": {"input": NaN, "output": 1}}', "a: input is nan, not a number"),
        ('{"a": {"input": 1e999, "output": 1}}', "not a price from 0 to 1,000,000"),
        ('{"a": {"input": 1e-999999999, "output": 1}}', "give 6 decimals at most"),
        (f'{{"a": {{"input": 0.1{"0" * 50}1, "output": 1}}}}', "give 6 decimals at most"),
        ('{"a": {"input": 0.1234567, "output": 1}}', "a: input is 0.1234567: give 6 decimals"),
        ('{"currency": "XYZ"}', "currency 'XYZ': expected one of USD, EUR, "),
        ('{"currency": 7}', "currency 7: expected one of "),
    ],
)
def test_what_is_no_price_is_told(text: str, problem: str) -> None:
    with pytest.raises(PriceError) as caught:
        parsed(text)
    assert problem in str(caught.value)


def test_too_many_models_are_refused() -> None:
    models = ", ".join(f'"m{number}": {{"input": 1, "output": 1}}' for number in range(1_001))
    with pytest.raises(PriceError, match="1001 models are too many: 1000 at most"):
        parsed(f"{{{models}}}")


def test_the_setting_may_have_them_itself_or_none(tmp_path: Path) -> None:
    prices = PriceList(SMALL, tmp_path)
    assert prices.read()
    assert prices.prices == parsed(SMALL)
    assert not prices.read()
    none = PriceList("", tmp_path)
    none.read()
    assert (none.prices, none.trouble) == (Prices(), "")


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(SMALL)
    prices = PriceList("prices.json", tmp_path)
    assert prices.read()
    assert not prices.read()
    file.write_text(SMALL.replace("0.15", "0.3"))
    os.utime(file, (1, 1))
    assert prices.read()
    found = prices.prices.find("small", "")
    assert found is not None
    assert found.input == 300_000


def test_a_file_that_is_wrong_gives_no_prices_until_it_is_right(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    prices = PriceList(str(file), Path("elsewhere"))
    assert prices.read()
    assert prices.trouble == f"{file} cannot be read, No such file or directory"
    assert not prices.read(), "the same trouble is no news"
    for content, trouble in (
        (b"[small", "this is no TOML, "),
        (b"\xff", "invalid start byte"),
        (b"x" * 1_000_001, "it is larger than 1,000,000 bytes"),
    ):
        file.write_bytes(content)
        assert prices.read()
        assert trouble in prices.trouble
        assert prices.prices == Prices()
    file.write_text("[small]\ninput = 0.15\noutput = 0.6\n")
    assert prices.read()
    assert (prices.trouble, prices.prices) == ("", parsed(SMALL))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    prices = PriceList(str(tmp_path), tmp_path)
    prices.read()
    assert "cannot be read, Is a directory" in prices.trouble
