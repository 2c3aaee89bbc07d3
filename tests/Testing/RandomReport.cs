using Aggregator.Forms;

namespace Aggregator.Testing;

/// <summary>
/// Random reports that satisfy every rule. The arithmetic is written out here from the statutory tables, not taken from the form
/// files, so that a wrong equation there is noticed.
/// </summary>
public static class RandomReport
{
    static readonly string[] applicants = ["naturalPerson", "business", "research", "publicWelfare", "legalService", "other"];
    static readonly string[] results = ["upheld", "corrected", "otherResult", "pending"];
    static readonly string[] notResults = ["received", "carriedIn", "total", "carriedOut"];

    /// <summary>A report without a breach of any rule.</summary>
    public static Report Consistent(string code, Random random)
    {
        var form = Form.Find(code)!;
        string[] rows = [.. form.Sections.Single(s => s.Code == "requests").Tables.Single().Rows.Select(r => r.Code)];
        var numbers = form.Cells.ToDictionary(c => c.Path, c => Number(c, random));

        foreach (var applicant in applicants)
        {
            var total = rows.Except(notResults).Sum(row => numbers[$"requests.{row}.{applicant}"]);
            var handled = total + numbers[$"requests.carriedOut.{applicant}"];
            var carriedIn = random.Next(2) == 0 ? 0 : decimal.Floor(handled * random.Next(101) / 100);
            numbers[$"requests.total.{applicant}"] = total;
            numbers[$"requests.carriedIn.{applicant}"] = carriedIn;
            numbers[$"requests.received.{applicant}"] = handled - carriedIn;
        }

        foreach (var row in rows)
        {
            numbers[$"requests.{row}.total"] = applicants.Sum(applicant => numbers[$"requests.{row}.{applicant}"]);
        }

        foreach (var row in form.Sections.Single(s => s.Code == "review").Tables.Single().Rows)
        {
            numbers[$"review.{row.Code}.total"] = results.Sum(result => numbers[$"review.{row.Code}.{result}"]);
        }

        return Report.Of(form, cell => numbers[cell.Path]);
    }

    static decimal Number(Cell cell, Random random)
    {
        if (cell.Row.Code == "rules" || random.Next(3) == 0)
        {
            return 0;
        }

        var size = random.Next(5) switch { 0 => 1_000_000_000, 1 => 10_000, _ => 20 };
        return cell.Column.Type switch
        {
            ColumnType.Change => random.Next(-size, size),
            ColumnType.Amount => random.Next(size) + (random.Next(10_000) / 10_000m),
            _ => random.Next(size),
        };
    }
}
