using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Aggregator;

/// <summary>
/// Traces and metrics by OTLP, the same in both programs; silent unless <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. The exporter
/// reads that and the other <c>OTEL_…</c> variables itself. The framework and Npgsql measure themselves, by the names of the field.
/// </summary>
static class Telemetry
{
    /// <summary>Adds it.</summary>
    public static void AddTelemetry(this IServiceCollection services, string program)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")))
        {
            return;
        }

        // Otherwise a request's span has a name and nothing else.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        services.AddHostedService(_ => new Exporter(program));
    }

    sealed class Exporter(string program) : IHostedService, IDisposable
    {
        readonly TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(program))
            .AddSource(Measures.Name, "Microsoft.AspNetCore", "Npgsql")
            .AddOtlpExporter().Build();

        readonly MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(program))
            .AddMeter(Measures.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime")
            .AddOtlpExporter().Build();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        /// <summary>The last spans and figures leave with the process.</summary>
        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces.ForceFlush(2000);
            metrics.ForceFlush(2000);
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            traces.Dispose();
            metrics.Dispose();
        }
    }
}
