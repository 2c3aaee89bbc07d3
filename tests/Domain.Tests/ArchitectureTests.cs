using System.Text.RegularExpressions;
using System.Xml.Linq;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests;

/// <summary>Makes the drawing of the house true. Each test lists every offender.</summary>
public sealed partial class ArchitectureTests
{
    static readonly string[] projects = ["Domain", "Documents", "Api", "Worker"];

    [Fact]
    public void Domain_references_nothing_of_the_house_and_only_Dapper_and_Npgsql_beside_the_framework()
    {
        typeof(Form).Assembly.GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => !IsFramework(name) && name is not ("Dapper" or "Npgsql"))
            .ShouldBeEmpty();
        References("Domain", "PackageReference").ShouldBe(["Dapper", "Npgsql"]);
    }

    [Theory]
    [InlineData("Domain", "")]
    [InlineData("Documents", "Domain")]
    [InlineData("Api", "Domain Documents")]
    [InlineData("Worker", "Domain Documents")]
    public void Projects_reference_each_other_only_downwards(string project, string allowed)
    {
        References(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Except(allowed.Split(' ')).ShouldBeEmpty();
    }

    [Fact]
    public void Only_stores_and_the_Database_folder_of_Domain_touch_the_database()
    {
        Repository.Files("src/Domain", "*.cs")
            .Where(f => !f.EndsWith("Store.cs", StringComparison.Ordinal) && !f.StartsWith("src/Domain/Database/", StringComparison.Ordinal))
            .Where(f => DatabaseLibrary().IsMatch(Repository.Read(f)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_scan_for_database_libraries_sees_the_stores()
    {
        // Guards the test above: a pattern that never matches would pass it.
        Repository.Files("src/Domain", "*Store.cs").Where(f => !DatabaseLibrary().IsMatch(Repository.Read(f))).ShouldBeEmpty();
        Repository.Files("src/Domain", "*Store.cs").ShouldNotBeEmpty();
    }

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        Repository.Files("src", "*.cs")
            .SelectMany(f => TypeName().Matches(Repository.Read(f)).Select(m => m.Groups[1].Value)
                .Concat([Path.GetFileNameWithoutExtension(f)]).Distinct().Select(name => $"{f}: {name}"))
            .Concat(Repository.Files("src", "*.razor").Select(f => $"{f}: {Path.GetFileNameWithoutExtension(f)}"))
            .Where(found => EmptySuffix().IsMatch(found))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("OrderManager", true)]
    [InlineData("CellHelpers", true)]
    [InlineData("ReportService", true)]
    [InlineData("UnitDto", true)]
    [InlineData("DateUtils", true)]
    [InlineData("Common", true)]
    [InlineData("SubmissionStore", false)]
    [InlineData("Refusal", false)]
    public void A_name_that_says_nothing_is_recognised(string name, bool empty)
    {
        EmptySuffix().IsMatch($"src/X.cs: {TypeName().Match($"public sealed class {name} : Base").Groups[1].Value}").ShouldBe(empty);
    }

    [Fact]
    public void A_capability_has_the_same_folder_name_everywhere()
    {
        var capabilities = Folders("src/Domain");
        capabilities.ShouldContain("Forms");

        new[] { "src/Api", "src/Worker", "tests/Domain.Tests", "tests/Api.Tests", "tests/Worker.Tests" }
            .SelectMany(project => Folders(project).Except(capabilities).Except(["Web"]).Select(folder => $"{project}/{folder}"))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_tests_of_Domain_stand_where_their_source_stands()
    {
        // A test file may be named after a type instead of a file; its folder is still that of the source.
        Repository.Files("tests/Domain.Tests", "*Tests.cs")
            .Where(f => f is not ("tests/Domain.Tests/ArchitectureTests.cs" or "tests/Domain.Tests/GlossaryTests.cs" or "tests/Domain.Tests/DependencyTests.cs" or "tests/Domain.Tests/SecurityDocumentTests.cs"))
            .Where(f =>
            {
                var folder = Path.GetDirectoryName(f)!.Replace('\\', '/').Replace("tests/Domain.Tests", "src/Domain", StringComparison.Ordinal);
                var name = Path.GetFileNameWithoutExtension(f)[..^"Tests".Length];
                return !Repository.Files(folder, "*.cs").Any(s => Path.GetDirectoryName(s) == folder
                    && (Path.GetFileNameWithoutExtension(s) == name || TypeName().Matches(Repository.Read(s)).Any(m => m.Groups[1].Value == name)));
            })
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_of_the_house_is_known_to_these_tests()
    {
        Repository.Files("src", "*.csproj").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)
            .ShouldBe(projects.Order(StringComparer.Ordinal));
    }

    static bool IsFramework(string assembly) =>
        assembly is "netstandard" or "mscorlib" || assembly.StartsWith("System", StringComparison.Ordinal)
            || assembly.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || assembly.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);

    static IEnumerable<string> References(string project, string kind) =>
        XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj")).Descendants(kind)
            .Select(e => e.Attribute("Include")!.Value.Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>First-level folders that hold code.</summary>
    static List<string> Folders(string project) =>
        [.. Repository.Files(project, "*.cs").Concat(Repository.Files(project, "*.razor"))
            .Select(f => f[(project.Length + 1)..].Split('/')).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct()];

    [GeneratedRegex(@"\busing\s+(static\s+)?(\w+\s*=\s*)?(Dapper|Npgsql)\b|\b(Dapper|Npgsql)\.\w")]
    private static partial Regex DatabaseLibrary();

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+(?:struct\s+|class\s+)?([A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(Manager|Helpers?|Services?|Dto|Common|Utils?|Utility|Utilities)$")]
    private static partial Regex EmptySuffix();
}
