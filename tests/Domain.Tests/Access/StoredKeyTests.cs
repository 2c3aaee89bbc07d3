using System.Security.Cryptography;
using System.Text;
using Aggregator.Access;

namespace Aggregator.Domain.Tests.Access;

public sealed class StoredKeyTests
{
    const string Id = "0123456789abcdef";
    const string Secret = "k7Qx-_0aZ";

    static readonly DateTimeOffset now = new(2022, 1, 31, 16, 0, 0, TimeSpan.Zero);
    static readonly byte[] secretSha256 = SHA256.HashData(Encoding.UTF8.GetBytes(Secret));
    static readonly StoredKey key = new(Id, "county", "360922", secretSha256, now.AddDays(1), null);

    [Fact]
    public void The_right_secret_admits_the_caller_with_role_and_scope()
    {
        key.Admit(secretSha256, now).ShouldBe(new Caller(Id, Role.County, "360922"));
        (key with { ExpiresAt = null }).Admit(secretSha256, now).ShouldNotBeNull();
    }

    [Fact]
    public void Another_secret_does_not()
    {
        key.Admit(SHA256.HashData("k7Qx-_0aY"u8), now).ShouldBeNull();
        key.Admit(secretSha256.AsSpan(0, 31), now).ShouldBeNull();
        key.Admit([], now).ShouldBeNull();
    }

    [Fact]
    public void A_key_ends_at_the_instant_of_its_expiry_or_when_it_is_revoked()
    {
        key.Admit(secretSha256, now.AddDays(1).AddTicks(-1)).ShouldNotBeNull();
        key.Admit(secretSha256, now.AddDays(1)).ShouldBeNull();
        (key with { RevokedAt = now.AddDays(-1) }).Admit(secretSha256, now).ShouldBeNull();
    }

    [Theory]
    [InlineData("reporter", Role.Reporter)]
    [InlineData("county", Role.County)]
    [InlineData("viewer", Role.Viewer)]
    [InlineData("operator", Role.Operator)]
    public void Stored_role_names_are_the_roles(string name, Role role)
    {
        (key with { Role = name }).Admit(secretSha256, now)!.Role.ShouldBe(role);
    }

    [Fact]
    public void A_key_is_taken_apart_into_id_and_hash()
    {
        KeyStore.TrySplit($"agg_{Id}_{Secret}", out var id, out var hash).ShouldBeTrue();

        id.ShouldBe(Id);
        hash.ShouldBe(secretSha256);
    }

    [Theory]
    [InlineData("")]
    [InlineData("agg_")]
    [InlineData("agg_0123456789abcdef")]
    [InlineData("agg_0123456789abcdef_")]
    [InlineData("agg_0123456789abcde_fsecret")]
    [InlineData("AGG_0123456789abcdef_secret")]
    [InlineData("key_0123456789abcdef_secret")]
    [InlineData(" agg_0123456789abcdef_secret")]
    public void What_is_not_a_key_is_not_taken_apart(string text)
    {
        KeyStore.TrySplit(text, out var id, out var hash).ShouldBeFalse();

        id.ShouldBeEmpty();
        hash.ShouldBeEmpty();
    }

    [Fact]
    public void An_endless_key_is_not_hashed()
    {
        KeyStore.TrySplit($"agg_{Id}_{new string('a', 100)}", out _, out _).ShouldBeFalse();
    }
}
