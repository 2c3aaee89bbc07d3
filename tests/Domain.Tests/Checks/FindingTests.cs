using System.Text.Encodings.Web;
using System.Text.Json;
using Aggregator.Checks;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Checks;

public sealed class FindingTests
{
    static readonly JsonSerializerOptions web = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void A_finding_leaves_as_the_contract_spells_it()
    {
        var finding = FigureCheck.Run(RealReports.Hongze2023.Figures, new CheckScope(CheckLevel.Unit, null, RuleSettings.Default))[0];

        JsonSerializer.Serialize(finding, web).ShouldBe("""
            {"rule":"T4","severity":"hard","path":"review.reconsideration.total","label":"行政复议 · 总计","expected":"11","found":"0","cells":["review.reconsideration.upheld","review.reconsideration.corrected","review.reconsideration.otherResult","review.reconsideration.pending","review.reconsideration.total"],"message":"行政复议：总计为 0，四项结果之和为 11"}
            """);
    }
}
