using System.Security.Claims;
using Aggregator.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace Aggregator.Api.Access;

/// <summary>Who calls: a program that shows a key, or a person whose browser shows a session. Both become a <see cref="Caller"/>.</summary>
static class Callers
{
    const string SchemeName = "Caller";

    /// <summary>Adds both ways in; endpoints ask for rights with <see cref="RequiredRights.RequireRight"/>.</summary>
    public static void AddCallers(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = AccessSettings.From(configuration);
        services.AddSingleton(settings);
        services.AddSingleton<KeyStore>();
        services.AddSingleton<AdmittedKeys>();
        services.AddSingleton(Password.Hasher);
        services.AddSingleton<AccountStore>();
        services.AddSingleton<SessionStore>();

        // A key that a caller shows goes before a session that its browser may have: it is shown on purpose.
        services.AddAuthentication(SchemeName)
            .AddPolicyScheme(SchemeName, null, options => options.ForwardDefaultSelector =
                context => context.Request.Headers.Authorization.Count > 0 ? KeyAuthentication.SchemeName : SessionAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null);
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationHandler, RightHandler>();

        services.AddSingleton<ProtectionKeyStore>();
        services.AddDataProtection().SetApplicationName("Aggregator");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = provider.GetRequiredService<ProtectionKeyStore>()));
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "agg_antiforgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.FormFieldName = "antiforgery";
            options.HeaderName = SessionGuard.HeaderName;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddRequestLimits(settings);
    }

    /// <summary>The caller of a request that has passed authorization.</summary>
    public static Caller Caller(this HttpContext context) => context.User.CallerOrNull()!;

    /// <summary>The caller, or null for one who has shown nothing.</summary>
    public static Caller? CallerOrNull(this ClaimsPrincipal user) => (user.Identity as CallerIdentity)?.Caller;

    /// <summary>The session of a request to an endpoint that wants one.</summary>
    public static Session Session(this HttpContext context) => context.User.SessionOrNull()!;

    /// <summary>The session, or null for a caller without one.</summary>
    public static Session? SessionOrNull(this ClaimsPrincipal user) => (user.Identity as CallerIdentity)?.Session;

    /// <summary>Lets only people pass who are signed in; a key has no session to speak of.</summary>
    public static TBuilder RequireSession<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(policy => policy.RequireAssertion(context => context.User.SessionOrNull() is not null));

    /// <summary>Lets only operators pass: what is behind it is the whole installation's.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(policy => policy.RequireAssertion(context => context.User.CallerOrNull()?.Role == Role.Operator));

    /// <summary>The framework's view of a caller.</summary>
    public static ClaimsPrincipal Principal(Caller caller, Session? session) => new(new CallerIdentity(caller, session));

    sealed class CallerIdentity : ClaimsIdentity
    {
        public CallerIdentity(Caller caller, Session? session)
            : base(SchemeName)
        {
            (Caller, Session) = (caller, session);

            // An antiforgery token is good for whom this names: one session, not one person.
            AddClaim(new Claim(ClaimTypes.NameIdentifier, session?.Id ?? caller.Actor));
        }

        public Caller Caller { get; }

        public Session? Session { get; }
    }
}
