"""What `zoning check` says: files, columns, repairs, assumptions and gaps, in both languages, in the terminal and as a page."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from optimizer.cli.app import app
from optimizer.faults import Faults
from optimizer.inputs import read
from optimizer.inputs.absent import ABSENT, INSTEAD, absent
from optimizer.pages.checked import checked, render
from optimizer.pages.texts import Texts
from optimizer.scenario.model import County
from tests import formats_town
from tests.inputs_town import Town


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    county = formats_town.chinese_semicolons_in_gb18030(tmp_path)
    path = tmp_path / "town.yaml"
    data = {"inputs": ".", "county": county, "title": {"en": "A town", "zh": "小镇"}}
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def test_every_table_has_a_name_and_a_sentence_or_stands_in_for_another() -> None:
    optional = set(County.model_fields) - {"blocks", "schools"}
    assert set(ABSENT) | INSTEAD == optional
    assert all(Texts(lang).has(f"table.{table}") for table in {*County.model_fields, "plan"} for lang in ("en", "zh"))
    assert all(set(said) == {"en", "zh"} for said in ABSENT.values())


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            [
                "A town",
                "9 blocks, 0.1 km²; 2 schools",
                "text",
                "GB18030",
                "108",
                "school_id = 学校代码",
                "classes = 班数",
                "roads",
            ],
        ),
        (
            "zh",
            ["小镇", "居民区 9 个", "文本表", "GB18030", "school_id = 学校代码", "未提供的数据及代替的假定", "按直线距离计算"],
        ),
    ],
)
def test_check_says_what_was_read_and_taken_for_what(scenario: Path, lang: str, words: list[str]) -> None:
    done = CliRunner().invoke(app, ["check", str(scenario), "--lang", lang, "--out", str(scenario.parent / "out")])
    assert done.exit_code == 0, done.output
    page = (scenario.parent / "out" / "check.html").read_text(encoding="utf-8")
    for word in words:
        assert word in done.output
        assert word in page


def test_the_page_asks_no_host_and_escapes_what_the_files_say(tmp_path: Path) -> None:
    town = Town.built(tmp_path)
    town.csv("residents", "block_id,age,count", "B0,6,10")
    county, asked = town.read(), town.scenario(title="<b>Town</b>")
    page = render([checked(Path("town.yaml"), asked, county, "en")], "en")
    assert "&lt;b&gt;Town&lt;/b&gt;" in page
    assert "http" not in page


def test_what_stands_in_for_a_table_is_not_missed(tmp_path: Path) -> None:
    town = Town.built(tmp_path)
    assert absent(town.scenario(), town.read()) == [
        *(
            "births",
            "survival",
            "migration",
            "housing",
            "enrolment",
            "history",
            "attendance",
            "current_zones",
            "roads",
            "barriers",
        )
    ]
    (tmp_path / "residents.csv").unlink()
    town.blocks(students=[5] * 9)
    assert absent(town.scenario(), town.read()) == ["residents", "current_zones", "roads", "barriers"]


def test_faults_are_told_in_place_of_a_page(scenario: Path) -> None:
    (scenario.parent / "residents.csv").write_text("小区编号,年龄,人数\n001,six,1\n", encoding="utf-8")
    faults = Faults()
    assert read(Town(scenario.parent).scenario(), faults) is None
    done = CliRunner().invoke(app, ["check", str(scenario), "--out", str(scenario.parent / "out")])
    assert done.exit_code != 0
    assert not (scenario.parent / "out").exists()
