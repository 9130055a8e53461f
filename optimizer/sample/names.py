"""Invented Chinese names: pools of words that are combined, shuffled and never given twice."""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

COUNTY: Final = "栖云县"

_STREET_HEADS: Final = "云溪松梅桂兰竹柳枫荷樱霞岚翠锦瑞和安文景"
_STREET_TAILS: Final = ("华", "荫", "庭", "晖", "桥", "台")
_COURT_HEADS: Final = "金玉锦翠碧紫丹青兰桂梅荷松竹柳枫樱霞云月星晨秋春瑞祥福禄康宁和顺雅文景秀"
_COURT_TAILS: Final = "湖泉溪林苑庭华府园堤岸畔阳辰轩澜宁悦"
_COURT_KINDS: Final = ("小区", "花园", "家园", "公寓", "大院", "里", "新村", "雅居")
_WARD_HEADS: Final = "云溪松梅桂兰竹柳枫荷樱霞岚锦瑞和文景"
_WARD_TAILS: Final = ("泉", "桥", "塘", "坊", "台", "井", "门", "园")
_HAMLET_HEADS: Final = "大小上下老新里外前后东西高中长"
_HAMLET_MIDDLES: Final = "麦荞桃梨杏枣槐椿樟杉茶麻豆石沙泥瓦窑磨碾塘泉沟坡"
_HAMLET_TAILS: Final = ("村", "寨", "营", "冲", "坝", "坎", "箐", "垭", "坪", "湾")
_VILLAGE_HEADS: Final = "青白红黑黄乌银铜铁花凤鹤鹭雁鹿羊"
_VILLAGE_TAILS: Final = ("石岩", "泥塘", "土坡", "竹林", "草坪", "沙河", "松冲", "柏岭", "枣园", "荞地")
_LANE_WORDS: Final = ("上街", "下街", "新街", "老街", "横街", "北场", "南场", "东门", "西门", "桥头", "后街", "集口")


class Pool:
    """Names in a shuffled order, each taken once."""

    def __init__(self, words: list[str], rng: np.random.Generator) -> None:
        order = rng.permutation(len(words))
        self._words = [words[i] for i in order]

    def take(self) -> str:
        """Next name; IndexError when the pool is empty."""
        word: str = self._words.pop()
        return word


def streets(rng: np.random.Generator) -> Pool:
    """Names of roads in the seat and the towns."""
    return Pool([f"{head}{tail}路" for head, tail in product(_STREET_HEADS, _STREET_TAILS)], rng)


def courts(rng: np.random.Generator) -> Pool:
    """Names of residential blocks in the seat; the first two characters never repeat."""
    stems = [f"{head}{tail}" for head, tail in product(_COURT_HEADS, _COURT_TAILS) if head != tail]
    kinds = rng.integers(len(_COURT_KINDS), size=len(stems))
    return Pool([stem + _COURT_KINDS[kind] for stem, kind in zip(stems, kinds, strict=True)], rng)


def wards(rng: np.random.Generator) -> Pool:
    """Names of urban communities (shequ)."""
    return Pool([f"{head}{tail}社区" for head, tail in product(_WARD_HEADS, _WARD_TAILS)], rng)


def lanes(town: str, rng: np.random.Generator) -> Pool:
    """Names of the communities of one town."""
    return Pool([f"{town[:-1]}{word}" for word in _LANE_WORDS], rng)


def villages(rng: np.random.Generator) -> Pool:
    """Names of administrative villages, groups of hamlets."""
    return Pool([f"{head}{tail}村" for head, tail in product(_VILLAGE_HEADS, _VILLAGE_TAILS)], rng)


def hamlets(rng: np.random.Generator) -> Pool:
    """Names of hamlets (natural villages)."""
    parts = product(_HAMLET_HEADS, _HAMLET_MIDDLES, _HAMLET_TAILS)
    every = ["".join(part) for part in parts]
    picked = rng.permutation(len(every))[: len(_HAMLET_HEADS) * len(_HAMLET_MIDDLES)]
    return Pool([every[i] for i in picked], rng)
