"""What the checker says, in both languages: rule -> English, Chinese. The braces are filled from a finding's values."""

BROKEN: dict[str, tuple[str, str]] = {
    "assignment_unreadable": ("The assignment cannot be used: {why}", "划片结果文件无法使用：{why}"),
    "block_left_out": ("Block {block} has no school in the assignment", "居民区 {block} 在划片结果中没有学校"),
    "block_twice": ("Block {block} stands {times} times in the assignment", "居民区 {block} 在划片结果中出现 {times} 次"),
    "block_unknown": (
        "Block {block} of the assignment is not in the blocks layer",
        "划片结果中的居民区 {block} 不在居民区图层中",
    ),
    "school_unknown": (
        "Block {block} goes to {school}, which is not in the schools table",
        "居民区 {block} 划入 {school}，学校表中没有该校",
    ),
    "school_closed": ("Block {block} goes to {school}, which is closed", "居民区 {block} 划入 {school}，该校已撤并"),
    "school_of_another_level": (
        "Block {block} goes to {school}, which does not teach the {level} level",
        "居民区 {block} 划入 {school}，该校没有{level}学段",
    ),
    "school_private": ("Block {block} goes to {school}, which is private", "居民区 {block} 划入 {school}，该校是民办学校"),
    "school_special": (
        "Block {block} goes to {school}, which is a special school",
        "居民区 {block} 划入 {school}，该校是特殊教育学校",
    ),
    "school_without_seats": (
        "Block {block} goes to {school}, which has no classroom and no seat",
        "居民区 {block} 划入 {school}，该校没有教室和学位",
    ),
    "no_way": ("Block {block} goes to {school}, to which there is no way on foot", "居民区 {block} 划入 {school}，步行无法到达"),
    "zone_in_pieces": (
        "The zone of {school} is in pieces: {count} blocks ({blocks}) are cut off from its school",
        "{school} 的片区不连片：{count} 个居民区（{blocks}）与学校隔开",
    ),
    "zone_without_its_block": (
        "The zone of {school} does not hold block {block}, where the school stands",
        "{school} 的片区不包含学校所在的居民区 {block}",
    ),
    "wish_lock": ("Block {block} is locked to {school} but goes to {other}", "居民区 {block} 指定划入 {school}，却划入 {other}"),
    "wish_forbid": ("Block {block} must not go to {school} but does", "居民区 {block} 不得划入 {school}，却划入该校"),
    "wish_keep_together": (
        "The blocks of {group} must stay together but go to {schools}",
        "{group} 的居民区应当划在一起，却分属 {schools}",
    ),
    "wish_max_distance": (
        "Block {block} goes to {school}, {metres} m away; the scenario allows {limit} m",
        "居民区 {block} 划入 {school}，距离 {metres} 米，超过方案规定的 {limit} 米",
    ),
    "classes_above_rooms": (
        "{school}, {year} ({variant}): {classes} classes but {rooms} classrooms",
        "{school}，{year} 年（{variant}）：{classes} 个班，只有 {rooms} 间教室",
    ),
    "classes_not_kept": (
        "{school}, the cohort in grade {grade} in {year} ({variant}): {before} classes become {classes}",
        "{school}，{year} 年 {grade} 年级（{variant}）：原有 {before} 个班变成 {classes} 个班",
    ),
    "classes_of_no_grade": (
        "{school}, {year} ({variant}): {classes} classes in grade {grade}, which it does not teach",
        "{school}，{year} 年（{variant}）：{grade} 年级有 {classes} 个班，但该校没有这个年级",
    ),
    "row_missing": ("{table} lacks the row {row}", "{table} 缺少 {row} 这一行"),
    "row_unknown": ("{table} has a row {row} that should not be there", "{table} 多出 {row} 这一行"),
    "figure": ("{where}: {stated} is stated, {found} is recomputed", "{where}：文件所载为 {stated}，重新计算为 {found}"),
    "objective": (
        "The certificate's objective is {stated}, {found} is recomputed",
        "证明中的目标值为 {stated}，重新计算为 {found}",
    ),
    "gap": (
        "The certificate's {key} is {stated}, its own numbers give {found}",
        "证明中的 {key} 为 {stated}，按其数字计算为 {found}",
    ),
    "bound": ("The bound {bound} is above the objective {objective}", "下界 {bound} 高于目标值 {objective}"),
    "unavoidable": (
        "The unavoidable part {unavoidable} is not between 0 and the bound {bound}",
        "不可避免的部分 {unavoidable} 不在 0 与下界 {bound} 之间",
    ),
    "input_changed": ("{path} is not the file that the run read", "{path} 已不是本次运行所读的文件"),
}

SHORTFALL: dict[str, tuple[str, str]] = {
    "class_over_full": (
        "{school}, {year}, grade {grade} ({variant}): {classes} classes above {limit} with {children} children, up to {largest}",
        "{school}，{year} 年 {grade} 年级（{variant}）：{classes} 个班超过 {limit} 人，最大班 {largest} 人，共 {children} 人",
    ),
    "over_seats": (
        "{school}, {year} ({variant}): {students} students, {seats} seats, {over} too many",
        "{school}，{year} 年（{variant}）：学生 {students} 人，学位 {seats} 个，超出 {over} 人",
    ),
    "over_size": (
        "{school}, {year} ({variant}): {students} students, the limit of school size is {limit}",
        "{school}，{year} 年（{variant}）：学生 {students} 人，超过学校规模上限 {limit} 人",
    ),
    "walk_beyond": (
        "Block {block} goes to {school}, {metres} m away; the walking limit is {limit} m ({students} students a year)",
        "居民区 {block} 划入 {school}，步行 {metres} 米，超过 {limit} 米（每年 {students} 名学生）",
    ),
    "soft_lock": (
        "Block {block} was wished to {school} but goes to {other}",
        "居民区 {block} 希望划入 {school}，实际划入 {other}",
    ),
    "soft_forbid": (
        "Block {block} was wished away from {school} but goes there",
        "居民区 {block} 希望不划入 {school}，实际划入该校",
    ),
    "exempt": (
        "{count} blocks ({blocks}) cannot reach any school over neighbouring blocks; their zone need not be in one piece there",
        "{count} 个居民区（{blocks}）无法经相邻居民区连到任何学校，不要求连片",
    ),
}
