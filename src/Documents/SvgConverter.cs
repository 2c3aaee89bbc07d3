namespace Aggregator.Documents;

/// <summary>Turns pictures into PNG by librsvg, where it is installed.</summary>
public static class SvgConverter
{
    static readonly ProcessLimits limits = new(TimeSpan.FromSeconds(30), ProcessorSeconds: 30, MemoryBytes: 1L << 30, FileBytes: 64 << 20, OutputBytes: 1 << 20);

    /// <summary>The picture as PNG, in its own size. Refusals: <c>png_converter_missing</c>, <c>conversion_failed</c>.</summary>
    public static async Task<Outcome<byte[]>> ToPngAsync(byte[] svg, CancellationToken token)
    {
        if (ChildProcess.Find("rsvg-convert") is not { } program)
        {
            return new Refusal(RefusalKind.Unavailable, "png_converter_missing",
                "这台服务器没有安装 rsvg-convert，不能生成 PNG 图片。请管理员安装：apt-get install librsvg2-bin fonts-noto-cjk；SVG 图片不受影响。");
        }

        return await ChildProcess.InFolderAsync<Outcome<byte[]>>(async folder =>
        {
            var (source, picture) = (Path.Combine(folder, "in.svg"), Path.Combine(folder, "out.png"));
            await File.WriteAllBytesAsync(source, svg, token);
            await ChildProcess.RunAsync(program, ["--format", "png", "--output", picture, source], folder, limits, token);
            return File.Exists(picture) ? await File.ReadAllBytesAsync(picture, token)
                : new Refusal(RefusalKind.Unavailable, "conversion_failed", "图片暂时不能转换为 PNG，请稍后重试，或者下载 SVG 图片。");
        }, token);
    }
}
