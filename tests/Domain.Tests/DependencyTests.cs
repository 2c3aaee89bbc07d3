using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests;

/// <summary>
/// What the programs are made of besides our own code, from the lock files: a list for people with every licence, and a bill of
/// materials (CycloneDX) for whoever watches for advisories. A new package, or one whose licence changes, shows in the diff.
/// </summary>
public sealed class DependencyTests
{
    const string List = "docs/dependencies.md";
    const string Bill = "docs/sbom.cdx.json";

    static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Licences that let anyone use, change and pass on, without asking for the same of what is built with them.</summary>
    static readonly string[] permissive = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PostgreSQL", "MS-PL OR Apache-2.0"];

    [Fact]
    public void Every_licence_is_known_and_permissive() =>
        Packages("src").Concat(Packages("tests")).Where(p => !permissive.Contains(p.Licence)).Select(p => $"{p.Id} {p.Version}: {p.Licence}").Distinct()
            .ShouldBeEmpty("a licence that nobody has looked at; decide, and add it to this class");

    [Theory]
    [InlineData(List)]
    [InlineData(Bill)]
    public async Task The_lists_are_those_of_the_lock_files(string file)
    {
        var (actual, path) = (file == List ? PrintList() : PrintBill(), Path.Combine(Repository.Root, file));
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, actual, TestContext.Current.CancellationToken);
        }

        (File.Exists(path) ? Repository.Read(file) : "").ShouldBe(actual, $"the packages have changed. If it is meant, run this test once with ACCEPT=1 and commit {file}");
    }

    static string PrintList()
    {
        var product = Packages("src").ToList();
        var tests = Packages("tests").Where(t => product.All(p => (p.Id, p.Version) != (t.Id, t.Version)));
        return $"""
            # What it is made of

            Written by `DependencyTests` from the lock files; [sbom.cdx.json](sbom.cdx.json) has the product's part for programs (CycloneDX). Known
            advisories: `dotnet list Aggregator.sln package --vulnerable --include-transitive`.

            Beside these the programs run on .NET and ASP.NET Core (MIT), on PostgreSQL (PostgreSQL licence), and start LibreOffice (MPL-2.0),
            poppler (GPL-2.0) and librsvg (LGPL-2.1) as programs of their own, from Debian.

            ## In the product and its build

            {Table(product)}

            ## In its tests only

            {Table(tests)}

            """.ReplaceLineEndings("\n");

        static string Table(IEnumerable<Package> packages) =>
            $"| package | version | licence |\n|---|---|---|\n{string.Join('\n', packages.Select(p => $"| {p.Id} | {p.Version} | {p.Licence} |"))}";
    }

    static string PrintBill() => new JsonObject
    {
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.5",
        ["version"] = 1,
        ["metadata"] = new JsonObject { ["component"] = new JsonObject { ["type"] = "application", ["name"] = "Aggregator" } },
        ["components"] = new JsonArray([.. Packages("src").Select(p => new JsonObject
        {
            ["type"] = "library",
            ["name"] = p.Id,
            ["version"] = p.Version,
            ["purl"] = $"pkg:nuget/{p.Id}@{p.Version}",
            ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(p.Hash)) }),
            ["licenses"] = new JsonArray(new JsonObject { ["expression"] = p.Licence }),
        })]),
    }.ToJsonString(indented).ReplaceLineEndings("\n") + "\n";

    /// <summary>Packages of the projects below a folder, each version once.</summary>
    static IEnumerable<Package> Packages(string folder) => Repository.Files(folder, "packages.lock.json")
        .SelectMany(file => JsonNode.Parse(Repository.Read(file))!["dependencies"]!.AsObject())
        .SelectMany(framework => framework.Value!.AsObject())
        .Where(package => (string)package.Value!["type"]! != "Project")
        .Select(package => (Id: package.Key, Version: (string)package.Value!["resolved"]!, Hash: (string)package.Value["contentHash"]!))
        .Distinct().OrderBy(p => p.Id, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Version, StringComparer.Ordinal)
        .Select(p => new Package(p.Id, p.Version, p.Hash, LicenceOf(p.Id, p.Version)));

    static string LicenceOf(string id, string version)
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
#pragma warning disable CA1308 // The folder's names are in lower case.
        var place = Path.Combine(folder, id.ToLowerInvariant(), version.ToLowerInvariant());
#pragma warning restore CA1308
        var metadata = XDocument.Load(Directory.GetFiles(place, "*.nuspec").Single()).Root!.Elements().Single();
        return metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license") is { } licence
            ? (string?)licence.Attribute("type") == "expression" ? licence.Value : $"as in its file {licence.Value}"
            : "none stated";
    }

    sealed record Package(string Id, string Version, string Hash, string Licence);
}
