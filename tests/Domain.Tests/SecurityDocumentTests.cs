using System.Text.RegularExpressions;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests;

/// <summary>What docs/security.md says is tested, is.</summary>
public sealed partial class SecurityDocumentTests
{
    [Fact]
    public void Every_test_that_it_names_is_there() =>
        TestName().Matches(Repository.Read("docs/security.md")).Select(m => m.Groups[1].Value).Distinct()
            .Except(Repository.Files("tests", "*Tests.cs").SelectMany(f => ClassName().Matches(Repository.Read(f)).Select(m => m.Groups[1].Value)).Append("Fuzz.Tests"))
            .ShouldBeEmpty();

    [GeneratedRegex(@"`([A-Za-z.]+Tests)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"class (\w+Tests)\b")]
    private static partial Regex ClassName();
}
