using Aggregator.Api.Web;

namespace Aggregator.Api.Tests.Web;

public class StyleSheetTests
{
    [Fact]
    public void The_sheet_stands_alone_and_cannot_end_its_element()
    {
        var text = StyleSheet.Text.Value;

        text.ShouldContain("@page");
        text.ShouldNotContain("@import");
        text.ShouldNotContain("url(");
        text.ShouldNotContain("</");
        text.ShouldNotContain("\r", Case.Sensitive, "the policy's hash is taken over line feeds");
    }
}
