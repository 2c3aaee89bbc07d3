using Aggregator.Access;
using Microsoft.AspNetCore.Authorization;

namespace Aggregator.Api.Access;

/// <summary>A right that an endpoint asks for, on the unit, division or county that its address names.</summary>
sealed record RequiredRight(Right Right) : IAuthorizationRequirement;

static class RequiredRights
{
    /// <summary>Lets only callers pass who have the right on what the address names.</summary>
    public static TBuilder RequireRight<TBuilder>(this TBuilder endpoints, Right right)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(policy => policy.AddRequirements(new RequiredRight(right)))
            .WithMetadata(new RequiredRight(right));
}

sealed class RightHandler : AuthorizationHandler<RequiredRight>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequiredRight requirement)
    {
        if (context.Resource is HttpContext { Request.RouteValues: var route }
            && (route["unit"] ?? route["division"] ?? route["county"]) is string code
            && context.User.CallerOrNull()?.May(requirement.Right, code) == true)
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
