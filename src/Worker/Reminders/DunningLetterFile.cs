using Aggregator.Documents.Writing;
using Aggregator.Editions;
using Aggregator.Units;

namespace Aggregator.Worker.Reminders;

/// <summary>The dunning letter as the Word file that is attached to a reminder.</summary>
static class DunningLetterFile
{
    /// <summary>Letters for the state of a county's report, with nothing left to write in; none to a unit that need not, or need no longer, file.</summary>
    public static DunningLetterOf From(ReportStore reports, UnitStore units) => async (county, year, unit, token) =>
    {
        var word = FileFormats.DunningLetter.First(f => f.Convert is null);
        return await reports.FindAsync(county, year, ownWords: true, token) is { } report
            && DunningLetter.Of(report, unit, (await units.FindAsync(county, token))?.Contacts ?? []).Is(out var letter, out _)
            ? new MailFile($"{letter.Title}.{word.Extension}", word.MediaType, word.Write(letter with { Contact = letter.Contact ?? "" }))
            : null;
    };
}
