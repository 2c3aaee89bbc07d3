using System.Reflection;

namespace Aggregator;

/// <summary>Which release this is.</summary>
public static class Release
{
    /// <summary>Its number, as CHANGELOG.md has it: <c>1.2.3</c>.</summary>
    public static string Version { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
