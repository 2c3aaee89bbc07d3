using Aggregator.Testing;
using Microsoft.Playwright;

namespace Aggregator.Browser.Tests;

/// <summary>Debian's Chromium, looking at a running system with the samples in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    static readonly string[] arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    IPlaywright? playwright;
    IBrowser? browser;

    /// <summary>The system behind the pages.</summary>
    public LoadedSamples Samples { get; } = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Samples.InitializeAsync();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = arguments });
    }

    /// <summary>A window of a county's clerk.</summary>
    public async Task<IPage> OpenAsync(string county, int width)
    {
        var key = (string)Samples.Keys["counties"]![county]!;
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Samples.System.Address.ToString(),
            ExtraHTTPHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        return await context.NewPageAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        await Samples.DisposeAsync();
    }
}
