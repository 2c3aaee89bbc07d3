using System.Diagnostics;

namespace Aggregator.Documents;

/// <summary>Turns pictures into PNG with librsvg.</summary>
/// <param name="Program">The program.</param>
/// <param name="Patience">How long it may take.</param>
public sealed record SvgConverter(string Program, TimeSpan Patience)
{
    /// <summary>The one that the machine has, if it has one.</summary>
    public static SvgConverter Installed { get; } = new("rsvg-convert", TimeSpan.FromSeconds(30));

    /// <summary>The picture as PNG, in its own size. Refusals: <c>png_converter_missing</c>, <c>conversion_failed</c>.</summary>
    public async Task<Outcome<byte[]>> ToPngAsync(byte[] svg, CancellationToken token)
    {
        var start = new ProcessStartInfo(Program) { ArgumentList = { "--format", "png" } };
        return await ExternalProgram.RunAsync(start, svg, Patience, token) switch
        {
            null => new Refusal(RefusalKind.Unavailable, "png_converter_missing",
                "这台服务器没有安装 rsvg-convert，不能生成 PNG 图片。请管理员安装：apt-get install librsvg2-bin fonts-noto-cjk；SVG 图片不受影响。"),
            { ExitCode: 0 } run => run.Output,
            _ => new Refusal(RefusalKind.Unacceptable, "conversion_failed", "图片不能转换为 PNG。"),
        };
    }
}
