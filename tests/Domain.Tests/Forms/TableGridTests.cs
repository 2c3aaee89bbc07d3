using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public class TableGridTests
{
    public static TheoryData<string, string> TableSections => new(
        from form in Form.All
        from section in form.Sections
        where !section.Tables.IsEmpty
        select (form.Code, section.Code));

    [Theory]
    [MemberData(nameof(TableSections))]
    public void Every_cell_of_the_section_is_printed_exactly_once(string form, string section)
    {
        var printed = Fields(Grid(form, section)).Where(f => f.Kind == GridCellKind.Data).Select(f => f.Cell!.Path);

        printed.ShouldBe(Form.Find(form)!.Cells.Where(c => c.Section.Code == section).Select(c => c.Path), ignoreOrder: true);
        Fields(Grid(form, section)).Where(f => f.Kind != GridCellKind.Data).ShouldAllBe(f => f.Cell == null && f.Text.Length > 0);
    }

    [Theory]
    [MemberData(nameof(TableSections))]
    public void Fields_cover_the_rectangle_without_gap_or_overlap(string form, string section)
    {
        var grid = Grid(form, section);
        foreach (var block in grid.Blocks)
        {
            var covered = new int[block.Rows.Length, grid.ColumnCount];
            for (var y = 0; y < block.Rows.Length; y++)
            {
                block.Rows[y].ShouldAllBe(f => f.Row == y);
                block.Rows[y].Select(f => f.Column).ShouldBeInOrder();
                foreach (var field in block.Rows[y])
                {
                    for (var dy = 0; dy < field.RowSpan; dy++)
                    {
                        for (var dx = 0; dx < field.ColumnSpan; dx++)
                        {
                            covered[y + dy, field.Column + dx]++;
                        }
                    }
                }
            }

            covered.Cast<int>().ShouldAllBe(count => count == 1);
        }
    }

    [Fact]
    public void Section_two_of_2021_prints_as_the_statutory_form() => Drawn("2021", "disclosure").ShouldBe("""
        第二十条第（一）项 4×1
        信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数
        规章 | # | # | #
        行政规范性文件 | # | # | #
        第二十条第（五）项 4×1
        信息内容 | 本年处理决定数量 3×1
        行政许可 | # 3×1
        第二十条第（六）项 4×1
        信息内容 | 本年处理决定数量 3×1
        行政处罚 | # 3×1
        行政强制 | # 3×1
        第二十条第（八）项 4×1
        信息内容 | 本年收费金额（单位：万元） 3×1
        行政事业性收费 | # 3×1
        """);

    [Fact]
    public void Section_two_of_2019_prints_as_the_statutory_form() => Drawn("2019", "disclosure").ShouldBe("""
        第二十条第（一）项 7×1
        信息内容 | 本年新制作数量 2×1 | 本年新公开数量 2×1 | 对外公开总数量 2×1
        规章 | # 2×1 | # 2×1 | # 2×1
        规范性文件 | # 2×1 | # 2×1 | # 2×1
        第二十条第（五）项 7×1
        信息内容 | 上一年项目数量 2×1 | 本年增/减 2×1 | 处理决定数量 2×1
        行政许可 | # 2×1 | # 2×1 | # 2×1
        其他对外管理服务事项 | # 2×1 | # 2×1 | # 2×1
        第二十条第（六）项 7×1
        信息内容 | 上一年项目数量 2×1 | 本年增/减 2×1 | 处理决定数量 2×1
        行政处罚 | # 2×1 | # 2×1 | # 2×1
        行政强制 | # 2×1 | # 2×1 | # 2×1
        第二十条第（八）项 7×1
        信息内容 | 上一年项目数量 3×1 | 本年增/减 3×1
        行政事业性收费 | # 3×1 | # 3×1
        第二十条第（九）项 7×1
        信息内容 | 采购项目数量 3×1 | 采购总金额 3×1
        政府集中采购 | # 3×1 | # 3×1
        """);

    [Fact]
    public void Section_three_prints_as_the_statutory_form() => Drawn("2021", "requests").ShouldBe("""
        （本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和） 3×3 | 申请人情况 7×1
        自然人 1×2 | 法人或其他组织 5×1 | 总计 1×2
        商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他
        一、本年新收政府信息公开申请数量 3×1 | # | # | # | # | # | # | #
        二、上年结转政府信息公开申请数量 3×1 | # | # | # | # | # | # | #
        三、本年度办理结果 1×22 | （一）予以公开 2×1 | # | # | # | # | # | # | #
        （二）部分公开（区分处理的，只计这一情形，不计其他情形） 2×1 | # | # | # | # | # | # | #
        （三）不予公开 1×8 | 1.属于国家秘密 | # | # | # | # | # | # | #
        2.其他法律行政法规禁止公开 | # | # | # | # | # | # | #
        3.危及“三安全一稳定” | # | # | # | # | # | # | #
        4.保护第三方合法权益 | # | # | # | # | # | # | #
        5.属于三类内部事务信息 | # | # | # | # | # | # | #
        6.属于四类过程性信息 | # | # | # | # | # | # | #
        7.属于行政执法案卷 | # | # | # | # | # | # | #
        8.属于行政查询事项 | # | # | # | # | # | # | #
        （四）无法提供 1×3 | 1.本机关不掌握相关政府信息 | # | # | # | # | # | # | #
        2.没有现成信息需要另行制作 | # | # | # | # | # | # | #
        3.补正后申请内容仍不明确 | # | # | # | # | # | # | #
        （五）不予处理 1×5 | 1.信访举报投诉类申请 | # | # | # | # | # | # | #
        2.重复申请 | # | # | # | # | # | # | #
        3.要求提供公开出版物 | # | # | # | # | # | # | #
        4.无正当理由大量反复申请 | # | # | # | # | # | # | #
        5.要求行政机关确认或重新出具已获取信息 | # | # | # | # | # | # | #
        （六）其他处理 1×3 | 1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请 | # | # | # | # | # | # | #
        2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请 | # | # | # | # | # | # | #
        3.其他 | # | # | # | # | # | # | #
        （七）总计 2×1 | # | # | # | # | # | # | #
        四、结转下年度继续办理 3×1 | # | # | # | # | # | # | #
        """);

    [Fact]
    public void Other_outcomes_are_one_row_beside_their_neighbours_in_2019()
    {
        var drawn = Drawn("2019", "requests");

        drawn.ShouldContain("三、本年度办理结果 1×20 | （一）予以公开 2×1 |");
        drawn.ShouldContain("\n（六）其他处理 2×1 | #");
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void Section_four_prints_as_the_statutory_form(string form) => Drawn(form, "review").ShouldBe("""
        行政复议 5×1 | 行政诉讼 10×1
        结果维持 1×2 | 结果纠正 1×2 | 其他结果 1×2 | 尚未审结 1×2 | 总计 1×2 | 未经复议直接起诉 5×1 | 复议后起诉 5×1
        结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 | 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计
        # | # | # | # | # | # | # | # | # | # | # | # | # | # | #
        """);

    [Fact]
    public void Figures_stand_below_their_heads()
    {
        Field("requests", "requests.refused.stateSecret.legalService").ShouldBe((7, 7));
        Field("requests", "requests.carriedOut.total").ShouldBe((27, 9));
        Field("review", "review.litigationDirect.corrected").ShouldBe((3, 6));
        Field("disclosure", "disclosure.normativeDocuments.inForce").ShouldBe((3, 3));

        static (int Row, int Column) Field(string section, string path)
        {
            var field = Fields(Grid("2021", section)).Single(f => f.Cell?.Path == path);
            return (field.Row, field.Column);
        }
    }

    [Theory]
    [InlineData("disclosure", new[] { 2, 2, 2, 2 })]
    [InlineData("requests", new[] { 3 })]
    [InlineData("review", new[] { 3 })]
    public void Head_rows_hold_heads_only(string section, int[] headRows)
    {
        var blocks = Grid("2021", section).Blocks;

        blocks.Select(b => b.HeadRows).ShouldBe(headRows);
        foreach (var block in blocks)
        {
            block.Rows.Take(block.HeadRows).SelectMany(r => r).ShouldAllBe(f => f.Kind != GridCellKind.Data);
            block.Rows.Skip(block.HeadRows).ShouldAllBe(r => r.Any(f => f.Kind == GridCellKind.Data));
        }
    }

    static TableGrid Grid(string form, string section)
    {
        var found = Form.Find(form)!;
        return TableGrid.Of(found, found.Sections.Single(s => s.Code == section));
    }

    static IEnumerable<GridCell> Fields(TableGrid grid) => grid.Blocks.SelectMany(b => b.Rows).SelectMany(r => r);

    /// <summary>A line for each row: the texts, # for a figure, and width×height of merged fields.</summary>
    static string Drawn(string form, string section) => string.Join('\n', Grid(form, section).Blocks.SelectMany(b => b.Rows).Select(row =>
        string.Join(" | ", row.Select(f => (f.Cell is null ? f.Text : "#") + ((f.ColumnSpan, f.RowSpan) == (1, 1) ? "" : $" {f.ColumnSpan}×{f.RowSpan}")))));
}
