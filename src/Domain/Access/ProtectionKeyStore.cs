using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Aggregator.Access;

/// <summary>
/// The keys with which the Api protects antiforgery tokens, kept where every replica finds them. The framework asks rarely, and
/// only synchronously.
/// </summary>
public sealed class ProtectionKeyStore(NpgsqlDataSource database) : IXmlRepository
{
    const string Select = "select xml from data_protection_key order by created_at, name";

    const string Insert = "insert into data_protection_key (name, xml) values (@friendlyName, @xml)";

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.OpenConnection();
        return [.. connection.Query<string>(Select).Select(XElement.Parse)];
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        connection.Execute(Insert, new { friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) });
    }
}
