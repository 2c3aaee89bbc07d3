using Aggregator.Years;

namespace Aggregator.Domain.Tests.Years;

public sealed class ReportingYearTests
{
    [Fact]
    public void Article_49_sets_the_last_days_in_the_year_after()
    {
        ReportingYear.StatutoryDueDate(2021).ShouldBe(new DateOnly(2022, 1, 31));
        ReportingYear.StatutoryCountyDueDate(2021).ShouldBe(new DateOnly(2022, 3, 31));
    }

    [Fact]
    public void Every_year_that_can_be_opened_has_a_form_and_last_days()
    {
        for (var year = ReportingYear.First; year <= ReportingYear.Last; year++)
        {
            Aggregator.Forms.Form.ForYear(year).ShouldNotBeNull();
            ReportingYear.StatutoryDueDate(year).ShouldBeLessThan(ReportingYear.StatutoryCountyDueDate(year));
        }
    }
}
