using Aggregator.Testing;

namespace Aggregator.Deploy.Tests;

/// <summary>Two Apis, and a third that is dead, behind the nginx configuration that is delivered, on other ports.</summary>
public sealed class BalancedApis : IAsyncLifetime
{
    readonly string folder = Shell.NewFolder();
    List<(AggregatorProcess Api, Uri Address)> apis = [];
    TestDatabase? database;
    Uri? address;

    /// <summary>The database behind them.</summary>
    public TestDatabase Database => database!;

    /// <summary>Their own addresses.</summary>
    public Uri[] Apis => [.. apis.Select(a => a.Address)];

    /// <summary>A client of nginx that keeps cookies.</summary>
    public HttpClient Browser() => new(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator })
    {
        BaseAddress = address,
    };

    /// <summary>The Apis that nginx has asked so far.</summary>
    public string[] Served() => [.. File.ReadAllLines($"{folder}/access.log").SelectMany(line => line.Split(", ")).Distinct()];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        var started = Enumerable.Range(0, 2).Select(_ => AggregatorProcess.StartApiAsync(database.ConnectionString, ("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true")));
        apis = [.. await Task.WhenAll(started)];
        var (plain, tls) = (AggregatorProcess.FreeAddress().Authority, AggregatorProcess.FreeAddress());
        address = new UriBuilder(tls) { Scheme = "https", Host = "localhost" }.Uri;
        await Shell.RunAsync("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
            "-keyout", $"{folder}/tls.key", "-out", $"{folder}/tls.crt");
        var delivered = Repository.Read("deploy/nginx/aggregator.conf")
            .Replace("127.0.0.1:8080", apis[0].Address.Authority, StringComparison.Ordinal)
            .Replace("127.0.0.1:8081", $"{apis[1].Address.Authority}; server {AggregatorProcess.FreeAddress().Authority}", StringComparison.Ordinal)
            .Replace("/etc/aggregator/", $"{folder}/", StringComparison.Ordinal)
            .Replace("listen 80;", $"listen {plain};", StringComparison.Ordinal)
            .Replace("listen 443", $"listen {tls.Authority}", StringComparison.Ordinal);
        await File.WriteAllTextAsync($"{folder}/aggregator.conf", delivered);
        File.Copy(Path.Combine(Repository.Root, "deploy/nginx/aggregator.proxy"), $"{folder}/aggregator.proxy");
        await File.WriteAllTextAsync($"{folder}/nginx.conf", $$"""
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events {}
            http {
                log_format upstream $upstream_addr;
                access_log {{folder}}/access.log upstream;
                {{string.Join('\n', new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {folder}/{kind};"))}}
                include aggregator.conf;
            }
            """);
        await Shell.RunAsync("nginx", "-t", "-q", "-p", folder, "-c", $"{folder}/nginx.conf");
        await Shell.RunAsync("nginx", "-p", folder, "-c", $"{folder}/nginx.conf");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists($"{folder}/nginx.pid"))
        {
            await Shell.RunAsync("nginx", "-p", folder, "-c", $"{folder}/nginx.conf", "-s", "stop");
        }

        foreach (var (api, _) in apis)
        {
            api.Dispose();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
