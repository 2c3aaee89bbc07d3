using System.Collections.Immutable;
using Aggregator.Access;
using Aggregator.Api.Access;
using Aggregator.Api.Installation;
using Aggregator.Api.Totals;

namespace Aggregator.Api.Web;

/// <summary>A page that others lead to.</summary>
/// <param name="Text">What the link says.</param>
/// <param name="Address">Where it leads.</param>
/// <param name="Below">Pages that belong together under it, itself among them; empty if it stands alone.</param>
public sealed record NavigationLink(string Text, string Address, ImmutableArray<NavigationLink> Below)
{
    /// <summary>A page that stands alone.</summary>
    public NavigationLink(string text, string address)
        : this(text, address, [])
    {
    }

    /// <summary>How much of an address this is, or what stands below it; -1 if the address is elsewhere.</summary>
    public int Covers(string here) => Math.Max(
        here == Address || here.StartsWith($"{Address}/", StringComparison.Ordinal) ? Address.Length : -1,
        Below.Select(b => b.Covers(here)).DefaultIfEmpty(-1).Max());
}

/// <summary>The main ways of each kind of person: few, and in the order of the year's work.</summary>
static class Navigation
{
    /// <summary>Where the caller can go from here.</summary>
    public static ImmutableArray<NavigationLink> Of(HttpContext context)
    {
        var route = context.Request.RouteValues;
        return (context.User.CallerOrNull(), route["year"]) switch
        {
            ({ Role: Role.Reporter, Scope: var unit }, string year) => OfUnit($"/units/{unit}/years/{year}"),
            ({ Role: Role.County, Scope: var county }, string year) => OfCounty($"/counties/{county}/years/{year}", $"/divisions/{county}/years/{year}"),
            ({ Role: Role.Viewer, Scope: var division }, string year) => OfDivision(DivisionPages.AddressOf(division, year), $"/divisions/{division}/years/{year}"),
            ({ Role: Role.Operator }, _) => [new("运行与设置", InstallationPages.Start), new("接口密钥", $"{InstallationPages.Start}/keys"), new("事件回调", $"{InstallationPages.Start}/webhooks")],
            _ => [],
        };
    }

    static ImmutableArray<NavigationLink> OfUnit(string year) => [new("本单位年报", year), new("填报", $"{year}/edit"), new("报送记录", $"{year}/history")];

    static ImmutableArray<NavigationLink> OfDivision(string year, string division) =>
        [new("报送情况", year), new("汇总数据", $"{year}/totals"), new("历年对比", $"{division}/comparison"), new("横向对比", $"{division}/heat-map")];

    static ImmutableArray<NavigationLink> OfCounty(string year, string division) =>
    [
        new("报送情况", year),
        new("汇总数据", $"{year}/totals", [new("本年汇总", $"{year}/totals"), new("历年对比", $"{division}/comparison"), new("横向对比", $"{division}/heat-map")]),
        new("疑点", $"{year}/anomalies"),
        new("催报", $"{year}/reminders"),
        new("定稿", $"{year}/editions", [new("定稿与下载", $"{year}/editions"), new("县级文字", $"{year}/narrative")]),
        new("管理", $"{year}/roster", [new("单位名录", $"{year}/roster"), new("账号", $"{year}/accounts"), new("接口密钥", $"{year}/keys"), new("事件回调", $"{year}/webhooks"), new("年度设置", $"{year}/settings"), new("操作记录", $"{year}/audit")]),
    ];
}
