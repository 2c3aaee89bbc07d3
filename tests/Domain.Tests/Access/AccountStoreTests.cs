using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Testing;
using Microsoft.AspNetCore.Identity;

namespace Aggregator.Domain.Tests.Access;

public sealed class AccountStoreTests
{
    [Fact]
    public async Task Whoever_tries_to_sign_in_costs_one_comparison_of_the_same_work()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync();
        await using var source = AggregatorDatabase.Open(database.ConnectionString, AggregatorDatabase.ApiRole);
        var hasher = new CountingHasher();
        var accounts = new AccountStore(source, hasher, AccessSettings.Default, FakeClock.InJanuary2022());
        var account = (await accounts.CreateAsync("zhangsan", "张三", Role.Operator, "", "test", token)).Value!;
        var disabled = (await accounts.CreateAsync("lisi", "李四", Role.Operator, "", "test", token)).Value!;
        await accounts.PutAsync(disabled.Login, "李四", disabled: true, "test", token);

        foreach (var (login, password) in Enumerable.Repeat((account.Login, "wrong"), 5)
            .Concat([(account.Login, account.Password), (disabled.Login, disabled.Password), ("nobody", "wrong"), ("no such form of a name", "wrong")]))
        {
            hasher.Compared.Clear();
            (await accounts.SignInAsync(login, password, "", token)).Refusal!.Code.ShouldBe("sign_in_failed");
            hasher.Compared.ShouldHaveSingleItem().ShouldBe(210_000, $"{login} {password}");
        }
    }

    /// <summary>The real one, which notes how many rounds of work each comparison took.</summary>
    sealed class CountingHasher : IPasswordHasher<Account>
    {
        public List<int> Compared { get; } = [];

        public string HashPassword(Account user, string password) => Password.Hasher.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            // Version 3 of the format: marker, function, rounds.
            Compared.Add(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(hashedPassword).AsSpan(5)));
            return Password.Hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
