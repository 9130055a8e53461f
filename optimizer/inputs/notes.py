"""What the readers and the network say they repaired, assumed or left out: a sentence per key, in both languages.

``{count}`` is the number of rows or shapes, ``{names}`` the ids concerned (at most twenty).
"""

NOTES: dict[str, dict[str, str]] = {
    "invalid_polygons_repaired": {
        "en": "{count} invalid polygons were repaired (rings that cross themselves): {names}",
        "zh": "修复了 {count} 个无效面（边界自相交）：{names}",
    },
    "blocks_without_shape": {
        "en": "{count} blocks have neither a shape nor children and were left out: {names}",
        "zh": "{count} 个居民区既无图形也无学生，已略去：{names}",
    },
    "duplicate_shapes": {
        "en": "{count} blocks have the same shape as another block and were kept: {names}",
        "zh": "{count} 个居民区与另一居民区图形完全相同，均予保留：{names}",
    },
    "overlapping_blocks": {
        "en": "{count} pairs of blocks overlap; the overlaps were left as they are: {names}",
        "zh": "{count} 对居民区相互重叠，按原样保留：{names}",
    },
    "multi_part_blocks": {
        "en": "{count} blocks are in several parts and were kept whole: {names}",
        "zh": "{count} 个居民区由多个部分组成，按整体处理：{names}",
    },
    "name_from_id": {
        "en": "{count} have no name and are called by their id",
        "zh": "{count} 个没有名称，以编号代替",
    },
    "community_unknown": {
        "en": "{count} blocks name no community",
        "zh": "{count} 个居民区未填所属社区",
    },
    "setting_default": {
        "en": "{count} blocks have no setting and count as town",
        "zh": "{count} 个居民区未填城乡类型，按镇区处理",
    },
    "level_from_scenario": {
        "en": "{count} schools have no level and count as schools of the scenario's level: {names}",
        "zh": "{count} 所学校未填学段，按方案的学段处理：{names}",
    },
    "titles_left_out": {
        "en": "the lines above the header in row {names} were left out",
        "zh": "表头在第 {names} 行，其上的标题行已略去",
    },
    "header_of_several_rows": {
        "en": "the header has several rows ({names}); their names were put together",
        "zh": "表头占多行（第 {names} 行），已合并为一行列名",
    },
    "merged_cells_filled": {
        "en": "{count} merged cells stand for all their rows (rows {names})",
        "zh": "{count} 处合并单元格已填充到各行（第 {names} 行）",
    },
    "totals_left_out": {
        "en": "{count} rows of totals were left out (rows {names})",
        "zh": "略去 {count} 行合计（第 {names} 行）",
    },
    "headers_left_out": {
        "en": "{count} rows repeat the header and were left out (rows {names})",
        "zh": "略去 {count} 行重复的表头（第 {names} 行）",
    },
    "footnotes_left_out": {
        "en": "{count} lines below the table were left out (rows {names})",
        "zh": "略去表格下方 {count} 行注记（第 {names} 行）",
    },
    "columns_became_rows": {
        "en": "the table has a column for each age or grade; {count} columns became rows: {names}",
        "zh": "表中每个年龄或年级占一列，{count} 列已转换为行：{names}",
    },
    "ids_rejoined": {
        "en": "{count} ids had lost leading zeros or the like and were joined to the only ones they can mean: {names}",
        "zh": "{count} 个编号丢失了前导零等，已对应到唯一相符的编号：{names}",
    },
    "coordinates_swapped": {
        "en": "{count} shapes lie in the county only with their two coordinates swapped and were turned round",
        "zh": "{count} 个图形的两个坐标（经纬度或横纵坐标）颠倒，对调后落在本县，已按对调处理",
    },
    "shifted_back": {
        "en": "the shifted coordinates ({names}) were turned back to WGS 84",
        "zh": "偏移坐标（{names}）已还原为 WGS 84",
    },
    "local_plane": {
        "en": "the coordinates are the town's own, in metres: nothing is georeferenced",
        "zh": "采用本地平面坐标（米），成果不带地理参考",
    },
    "datum_changed": {
        "en": "coordinates changed between datums: {names}",
        "zh": "坐标在不同大地基准之间转换：{names}",
    },
    "datum_change_unknown": {
        "en": "coordinates changed between datums without a published transformation for this area, and may be "
        "off by some 100 m; better give all layers in one system: {names}",
        "zh": "坐标在不同大地基准之间转换，但本地区没有公开的转换参数，位置可能偏差约 100 米；建议各图层统一坐标系：{names}",
    },
    "plane_crs": {
        "en": "everything was brought into {names}, in which lengths are metres",
        "zh": "所有图层统一转换为 {names}（以米为单位）",
    },
    "crs_overridden": {
        "en": "the scenario's coordinate system was used in place of the file's own: {names}",
        "zh": "采用方案中指定的坐标系，未采用文件自带的坐标系：{names}",
    },
    "lonlat_is_wgs84": {
        "en": "the lon, lat columns were taken as EPSG:4326",
        "zh": "lon、lat 列按 EPSG:4326 经纬度处理",
    },
    "school_outside_blocks": {
        "en": "{count} schools lie outside every block; the nearest block stands for theirs: {names}",
        "zh": "{count} 所学校不在任何居民区内，以最近的居民区代替：{names}",
    },
    "school_areas_to_points": {
        "en": "{count} schools are drawn as areas and stand at a point inside",
        "zh": "{count} 所学校为面图形，取其内部一点",
    },
    "residents_date_assumed": {
        "en": "no date is stated for the children's ages; they were taken as completed on {names}",
        "zh": "未说明年龄的统计日期，按 {names} 的周岁处理",
    },
    "placed_by_address": {
        "en": "{count} rows were placed in their blocks by address or estate",
        "zh": "{count} 行按门牌地址或小区名称对应到居民区",
    },
    "a_child_a_row": {
        "en": "the table has no column count: each of its {count} rows is one child",
        "zh": "表中没有人数列，{count} 行每行按一名儿童计",
    },
    "spread_by_age_structure": {
        "en": "the children of each block are not counted but spread: its population times the county's age structure "
        "({names} are 0 to 17 years old)",
        "zh": "各居民区儿童数并非实际统计，而是按居民区总人口乘以全县年龄结构推算（0—17 岁占 {names}）",
    },
    "attendance_without_zone": {
        "en": "{count} rows of attendance are of blocks without a zone today and were left out",
        "zh": "就读去向表中 {count} 行所在居民区目前无片区，已略去",
    },
    "ages_left_out": {
        "en": "{count} rows of people older than 17 were left out",
        "zh": "略去 {count} 行 17 岁以上人口",
    },
    "women_left_out": {
        "en": "{count} rows of women older than 60 were left out",
        "zh": "略去 {count} 行 60 岁以上妇女",
    },
    "dwellings_commercial": {
        "en": "{count} estates have no type and count as commercial housing",
        "zh": "{count} 个楼盘未填类型，按商品房处理",
    },
    "history_ids_from_names": {
        "en": "{count} schools have no id in some rows; their name stands for it there: {names}",
        "zh": "{count} 所学校部分行未填编号，以校名代替：{names}",
    },
    "history_copies": {
        "en": "{count} rows repeat an earlier row and were left out",
        "zh": "{count} 行与前面的行完全重复，已略去",
    },
    "history_rows_added_up": {
        "en": "{count} rows of a school, year and grade that is there already were added to it",
        "zh": "{count} 行与已有的学校、年份、年级相同，已合并相加",
    },
    "history_withheld": {
        "en": "{count} numbers of children are blank or withheld; nobody was counted there",
        "zh": "{count} 处学生数为空或未公开，按未统计处理",
    },
    "history_gaps": {
        "en": "{count} years and grades were left out of the history, since a school that had a number before has none: {names}",
        "zh": "历年在校生表中有 {count} 处年份（年级）未采用，因有学校此前有数而当年缺数：{names}",
    },
    "rows_added_up": {
        "en": "{count} rows of the same block and age were added up",
        "zh": "同一居民区同一年龄的 {count} 行已合并相加",
    },
    "students_column_unused": {
        "en": "the blocks' students were not used, since residents by age are given",
        "zh": "已有分年龄人口表，未使用居民区图层的学生数",
    },
    "blocks_without_residents": {
        "en": "{count} blocks have no row in the table and count as empty: {names}",
        "zh": "{count} 个居民区在人口表中没有记录，按无人处理：{names}",
    },
    "blocks_without_zone": {
        "en": "{count} blocks belong to no zone today: {names}",
        "zh": "{count} 个居民区目前不属于任何片区：{names}",
    },
    "invalid_zones_repaired": {
        "en": "{count} areas of zones were repaired (rings that cross themselves)",
        "zh": "修复了 {count} 个片区面（边界自相交）",
    },
    "zones_overlap": {
        "en": "{count} pairs of zones overlap; what lies in both counts for both: {names}",
        "zh": "{count} 对片区相互重叠，重叠部分对两个片区均计：{names}",
    },
    "blocks_cut_by_area": {
        "en": "zone lines cut {count} blocks; each belongs to the zone with the largest part of its area: {names}",
        "zh": "片区界线切割了 {count} 个居民区，均归入所占面积最大的片区：{names}",
    },
    "blocks_cut_by_homes": {
        "en": "zone lines cut {count} blocks; each belongs to the zone in which most of its homes lie: {names}",
        "zh": "片区界线切割了 {count} 个居民区，均归入住户最多的片区：{names}",
    },
    "empty_lines_left_out": {
        "en": "{count} empty shapes were left out",
        "zh": "略去 {count} 个空图形",
    },
    "ways_not_walkable": {
        "en": "{count} ways that nobody walks on (motorways, sites under construction, foot=no) were left out",
        "zh": "略去 {count} 条不可步行的道路（高速公路、在建道路、禁止步行的道路）",
    },
    "barriers_of_openstreetmap": {
        "en": "of OpenStreetMap these bar the way where no bridge, tunnel or crossing opens them: {names}",
        "zh": "OpenStreetMap 中以下要素在无桥梁、隧道或道口处视为阻隔：{names}",
    },
    "barriers_not_chosen": {
        "en": "{count} barriers are of kinds that the scenario does not name, and were left out",
        "zh": "略去 {count} 处方案未列入的阻隔",
    },
    "ways_with_a_pace": {
        "en": "{count} ways have their own minutes, climb or bus: they count as the metres of level walking that take as long "
        "(80 m a minute)",
        "zh": "{count} 条道路给出了用时、高差或公交，按用时折算为平路步行距离（每分钟 80 米）",
    },
    "road_ends_joined": {
        "en": "{count} ends of road that stop just short of another piece of network were joined to it",
        "zh": "{count} 处道路端点与邻近路网之间有细小缺口，已予连接",
    },
    "road_pieces_apart": {
        "en": "{count} blocks are on a piece of network that does not join the largest one: {names}",
        "zh": "{count} 个居民区所在路网与主路网不相连：{names}",
    },
    "distances_given": {
        "en": "distances come from the table distances; a pair that it does not hold cannot be assigned",
        "zh": "距离取自距离表；表中没有的居民区与学校组合不可划入",
    },
    "straight_line": {
        "en": "distances are straight lines: no roads were used",
        "zh": "距离为直线距离：未使用道路",
    },
    "road_pieces_left_out": {
        "en": "{count} small pieces of road that touch no other road were left out",
        "zh": "略去 {count} 个与其他道路不相连的零散路段",
    },
    "roads_cut_by_barriers": {
        "en": "{count} stretches of road cross a barrier without a bridge and were cut",
        "zh": "{count} 段道路在没有桥的地方穿越阻隔，已断开",
    },
    "far_from_roads": {
        "en": "{count} places lie more than 1 km from the nearest road: {names}",
        "zh": "{count} 处距最近道路超过 1 公里：{names}",
    },
    "reached_across_barrier": {
        "en": "{count} places reach the roads only across a barrier: {names}",
        "zh": "{count} 处只有越过阻隔才能到达道路：{names}",
    },
    "blocks_without_way": {
        "en": "{count} blocks have no way to any school; their distance is the straight line times 1.4: {names}",
        "zh": "{count} 个居民区没有通往任何学校的道路，距离按直线的 1.4 倍计：{names}",
    },
    "schools_without_way": {
        "en": "{count} schools have no way to any block; their distance is the straight line times 1.4: {names}",
        "zh": "{count} 所学校没有通往任何居民区的道路，距离按直线的 1.4 倍计：{names}",
    },
    "schools_share_a_block": {
        "en": "{count} schools share a block with another school; their zones begin in the block next to it: {names}",
        "zh": "{count} 所学校与另一所学校同处一个居民区，其片区从相邻居民区开始：{names}",
    },
    "blocks_cut_off": {
        "en": "{count} blocks have no way by land to any school's block and need not touch their zone: {names}",
        "zh": "{count} 个居民区与任何学校所在居民区都不连通，不要求与片区相连：{names}",
    },
    "more_classes_than_rooms": {
        "en": "{count} schools have more classes than classrooms today; they keep them: {names}",
        "zh": "{count} 所学校现有班级多于教室，按现有班级保留：{names}",
    },
    "enrolment_from_residents": {
        "en": "there is no enrolment table: the children already in school were taken from the residents of the current zones",
        "zh": "没有在校生表：已入学学生按现行片区内的居民推算",
    },
    "everybody_follows_the_plan": {
        "en": "there are neither enrolment nor current zones: the plan decides for the children of all grades at once",
        "zh": "既无在校生表也无现行片区：方案一次性决定所有年级学生的学校",
    },
}
"""By ``Note.what``."""
