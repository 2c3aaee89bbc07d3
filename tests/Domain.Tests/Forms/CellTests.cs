using System.Text;
using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public sealed class CellTests
{
    [Theory]
    [InlineData("2021", "requests.unavailable.notHeld.total", "（四）无法提供 1.本机关不掌握相关政府信息 · 总计")]
    [InlineData("2021", "requests.total.naturalPerson", "（七）总计 · 自然人")]
    [InlineData("2021", "requests.received.business", "一、本年新收政府信息公开申请数量 · 法人或其他组织 商业企业")]
    [InlineData("2021", "review.litigationDirect.pending", "行政诉讼 未经复议直接起诉 · 尚未审结")]
    [InlineData("2021", "disclosure.fees.amount", "行政事业性收费 · 本年收费金额（单位：万元）")]
    [InlineData("2019", "requests.otherOutcome.other", "（六）其他处理 · 法人或其他组织 其他")]
    [InlineData("2019", "disclosure.licences.change", "行政许可 · 本年增/减")]
    public void A_cell_is_named_as_a_clerk_would_say_it(string form, string path, string name)
    {
        Form.Find(form)!.FindCell(path)!.Name.ShouldBe(name);
    }

    [Fact]
    public void Names_tell_the_cells_of_a_form_apart()
    {
        foreach (var form in Form.All)
        {
            form.Cells.Select(c => c.Name).ShouldBeUnique();
        }
    }

    [Fact]
    public void The_tree_holds_every_cell_once_in_cell_order()
    {
        foreach (var form in Form.All)
        {
            Leaves(form.Root).ShouldBe(form.Cells);
        }
    }

    [Fact]
    public void A_node_is_found_by_its_name_within_its_parent()
    {
        var refused = Form.Find("2021")!.Root.Find("requests")!.Find("refused")!;

        refused.Path.ShouldBe("requests.refused");
        refused.Cell.ShouldBeNull();
        refused.Children.Select(c => c.Name).ShouldBe(["stateSecret", "prohibitedByLaw", "securityAndStability", "thirdPartyRights",
            "internalAffairs", "processInformation", "enforcementFile", "administrativeEnquiry"]);
        refused.Find("stateSecret")!.Find("total")!.Cell!.Path.ShouldBe("requests.refused.stateSecret.total");
        refused.Find("statesecret").ShouldBeNull();
        refused.Find("requests").ShouldBeNull();
    }

    [Fact]
    public void Other_processing_is_a_row_in_2019_and_an_object_of_three_rows_in_2021()
    {
        Form.Find("2019")!.Root.Find("requests")!.Find("otherOutcome")!.Find("total")!.Cell.ShouldNotBeNull();
        Form.Find("2021")!.Root.Find("requests")!.Find("otherOutcome")!.Children.Select(c => c.Name).ShouldBe(["notCorrected", "feeUnpaid", "other"]);
    }

    [Fact]
    public void A_node_carries_its_name_as_JSON_spells_it()
    {
        foreach (var node in Form.All.SelectMany(f => Nodes(f.Root)))
        {
            Encoding.UTF8.GetString(node.Utf8Name.AsSpan()).ShouldBe(node.Name);
            node.Path.ShouldEndWith(node.Name);
        }
    }

    static IEnumerable<CellNode> Nodes(CellNode node) => [node, .. node.Children.SelectMany(Nodes)];

    static IEnumerable<Cell> Leaves(CellNode node) => Nodes(node).Where(n => n.Cell is not null).Select(n => n.Cell!);
}
