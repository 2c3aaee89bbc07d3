using Aggregator.Access;

namespace Aggregator.Domain.Tests.Access;

public sealed class CallerTests
{
    static readonly string[] units = ["360922201", "360922202", "360922-zf", "360922-zfb", "360923201", "370102001"];
    static readonly string[] divisions = ["360922", "360923", "3609", "3610", "36", "37", "00"];

    /// <summary>For each caller and right, every unit or division of the lists above that it may touch; no line means none.</summary>
    public static TheoryData<Role, string, Right, string> Allowed => new()
    {
        { Role.Reporter, "360922201", Right.FileReport, "360922201" },
        { Role.Reporter, "360922201", Right.ReviewReport, "" },
        { Role.Reporter, "360922201", Right.ReadReport, "360922201" },
        { Role.Reporter, "360922201", Right.ReadDivision, "" },
        { Role.Reporter, "360922201", Right.ReadYear, "360922" },
        { Role.Reporter, "360922201", Right.ManageCounty, "" },
        { Role.Reporter, "360922201", Right.ReadContacts, "360922201" },

        // A longer suffix is another department, not a part of this one.
        { Role.Reporter, "360922-zf", Right.FileReport, "360922-zf" },
        { Role.Reporter, "360922-zf", Right.ReadReport, "360922-zf" },
        { Role.Reporter, "360922-zf", Right.ReadYear, "360922" },
        { Role.Reporter, "360922-zf", Right.ReadContacts, "360922-zf" },

        { Role.County, "360922", Right.FileReport, "360922201 360922202 360922-zf 360922-zfb" },
        { Role.County, "360922", Right.ReviewReport, "360922201 360922202 360922-zf 360922-zfb" },
        { Role.County, "360922", Right.ReadReport, "360922201 360922202 360922-zf 360922-zfb" },
        { Role.County, "360922", Right.ReadDivision, "360922" },
        { Role.County, "360922", Right.ReadYear, "360922" },
        { Role.County, "360922", Right.ManageCounty, "360922" },
        { Role.County, "360922", Right.ReadContacts, "360922201 360922202 360922-zf 360922-zfb" },

        { Role.Viewer, "3609", Right.FileReport, "" },
        { Role.Viewer, "3609", Right.ReviewReport, "" },
        { Role.Viewer, "3609", Right.ReadReport, "360922201 360922202 360922-zf 360922-zfb 360923201" },
        { Role.Viewer, "3609", Right.ReadDivision, "360922 360923 3609" },
        { Role.Viewer, "3609", Right.ReadYear, "360922 360923" },
        { Role.Viewer, "3609", Right.ManageCounty, "" },
        { Role.Viewer, "3609", Right.ReadContacts, "360922201 360922202 360922-zf 360922-zfb 360923201" },

        { Role.Viewer, "00", Right.FileReport, "" },
        { Role.Viewer, "00", Right.ReadReport, "360922201 360922202 360922-zf 360922-zfb 360923201 370102001" },
        { Role.Viewer, "00", Right.ReadDivision, "360922 360923 3609 3610 36 37 00" },
        { Role.Viewer, "00", Right.ManageCounty, "" },

        { Role.Operator, "", Right.FileReport, "" },
        { Role.Operator, "", Right.ReviewReport, "" },
        { Role.Operator, "", Right.ReadReport, "" },
        { Role.Operator, "", Right.ReadDivision, "" },
        { Role.Operator, "", Right.ReadYear, "360922 360923" },
        { Role.Operator, "", Right.ManageCounty, "360922 360923" },
        { Role.Operator, "", Right.ReadContacts, "360922201 360922202 360922-zf 360922-zfb 360923201 370102001" },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void A_caller_may_do_what_its_role_is_for_within_its_scope_and_nothing_else(Role role, string scope, Right right, string allowed)
    {
        var caller = new Caller("key", role, scope);
        var codes = right switch
        {
            Right.ReadDivision => divisions,
            Right.ReadYear or Right.ManageCounty => divisions.Where(d => d.Length == 6),
            _ => units,
        };

        codes.Where(code => caller.May(right, code)).ShouldBe(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Every_right_of_every_role_stands_in_the_table()
    {
        var listed = Allowed.Select(row => (row.Data.Item1, row.Data.Item3)).ToHashSet();

        Enum.GetValues<Role>().SelectMany(role => Enum.GetValues<Right>().Select(right => (role, right))).Where(pair => !listed.Contains(pair)).ShouldBeEmpty();
    }

    [Fact]
    public void A_role_or_right_that_nobody_wrote_a_line_for_may_do_nothing()
    {
        new Caller("key", (Role)99, "").May(Right.ReadReport, "360922201").ShouldBeFalse();
        new Caller("key", Role.County, "360922").May((Right)99, "360922").ShouldBeFalse();
    }
}
