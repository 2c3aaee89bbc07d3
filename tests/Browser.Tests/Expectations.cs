using Microsoft.Playwright;

namespace Aggregator.Browser.Tests;

/// <summary>Expectations that a page may take a moment to meet.</summary>
static class Expectations
{
    /// <summary>The element says something.</summary>
    public static Task ShouldContainAsync(this ILocator locator, string text) => Assertions.Expect(locator).ToContainTextAsync(text);

    /// <summary>The field holds a value.</summary>
    public static Task ShouldHoldAsync(this ILocator field, string value) => Assertions.Expect(field).ToHaveValueAsync(value);
}
