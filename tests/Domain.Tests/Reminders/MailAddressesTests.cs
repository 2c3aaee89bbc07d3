using Aggregator.Reminders;
using Aggregator.Units;

namespace Aggregator.Domain.Tests.Reminders;

public sealed class MailAddressesTests
{
    [Theory]
    [InlineData("zwgk@example.gov.cn", true)]
    [InlineData("li.ming+bg@mail.example.gov.cn", true)]
    [InlineData("经办@example.gov.cn", false)]
    [InlineData("a@例子.中国", false)]
    [InlineData("a@example.gov.cn\r\nBcc: b@example.com", false)]
    [InlineData("a@example.gov.cn, b@example.com", false)]
    [InlineData("李明 <a@example.gov.cn>", false)]
    [InlineData("a@localhost", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    public void An_address_is_plain_or_refused(string address, bool plain) => (MailAddresses.Refuse(address) is null).ShouldBe(plain);

    [Fact]
    public void Leaders_get_copies_of_late_reminders_and_stand_in_where_nobody_else_is_named()
    {
        Contact[] contacts = [new("甲", "经办人", "a@example.gov.cn"), new("乙", null, "A@example.gov.cn"), new("丙", "分管领导", "c@example.gov.cn"), new("丁", "leader", "bad")];

        Of(contacts, copyLeader: false).ShouldBe("a@example.gov.cn | ");
        Of(contacts, copyLeader: true).ShouldBe("a@example.gov.cn | c@example.gov.cn");
        Of(contacts[2..], copyLeader: true).ShouldBe("c@example.gov.cn | ");
        Of([], copyLeader: true).ShouldBe(" | ");
    }

    static string Of(Contact[] contacts, bool copyLeader)
    {
        var addresses = MailAddresses.Of(contacts, copyLeader);
        return $"{string.Join(' ', addresses.To)} | {string.Join(' ', addresses.Copies)}";
    }
}
