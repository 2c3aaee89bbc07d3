namespace Aggregator.Units;

/// <summary>A county-level division is a county, a district, a city or a banner, and official texts call it by that: 全县, 区直.</summary>
public static class Area
{
    /// <summary>县, 区, 市 or 旗, with which the division's name ends; 县 for a name that ends otherwise.</summary>
    public static char Of(string county) => county is [.., ('区' or '市' or '旗') and var last] ? last : '县';
}
