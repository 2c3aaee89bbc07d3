using System.Diagnostics;

namespace Aggregator.Documents;

/// <summary>Turns pictures into PNG with librsvg.</summary>
public static class Svg
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    /// <summary>The picture as PNG, in its own size. Refusals: <c>png_converter_missing</c>, <c>conversion_failed</c>.</summary>
    public static Task<Outcome<byte[]>> ToPngAsync(byte[] svg, CancellationToken token) => ToPngAsync("rsvg-convert", svg, token);

    internal static async Task<Outcome<byte[]>> ToPngAsync(string program, byte[] svg, CancellationToken token)
    {
        var start = new ProcessStartInfo(program) { ArgumentList = { "--format", "png" } };
        return await ExternalProgram.RunAsync(start, svg, patience, token) switch
        {
            null => new Refusal(RefusalKind.Unavailable, "png_converter_missing",
                "这台服务器没有安装 rsvg-convert，不能生成 PNG 图片。请管理员安装：apt-get install librsvg2-bin fonts-noto-cjk；SVG 图片不受影响。"),
            { ExitCode: 0 } run => run.Output,
            _ => new Refusal(RefusalKind.Unacceptable, "conversion_failed", "图片不能转换为 PNG。"),
        };
    }
}
