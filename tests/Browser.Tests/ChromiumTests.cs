namespace Aggregator.Browser.Tests;

public sealed class ChromiumTests(Chromium chromium)
{
    [Fact]
    public async Task Axe_says_that_it_needs_script_instead_of_waiting_for_ever()
    {
        var page = await chromium.OpenAsync(script: false);
        await page.GotoAsync("/sign-in");

        (await Assert.ThrowsAsync<ShouldAssertException>(() => Chromium.ShouldBeAccessibleAsync(page))).Message.ShouldContain("axe needs script");
    }
}
