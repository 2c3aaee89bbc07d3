using Aggregator.Submissions;
using Aggregator.Units;
using Aggregator.Years;

namespace Aggregator.Reminders;

/// <summary>What a mail is about: one unit of one county's year at an instant.</summary>
/// <param name="CountyName">Name of the county.</param>
/// <param name="Year">The year.</param>
/// <param name="Line">The unit as it stands.</param>
/// <param name="Calendar">Working days.</param>
/// <param name="Now">When it is written.</param>
/// <param name="PublicUrl">Where people reach the system.</param>
/// <param name="Office">The county's contacts; the first one with a telephone is named.</param>
public sealed record MailSubject(
    string CountyName, ReportingYear Year, RosterLine Line, WorkCalendar Calendar, DateTimeOffset Now, string PublicUrl, IReadOnlyList<Contact> Office);

/// <summary>The words of every mail, in the county's name. Pure.</summary>
public static class MailWording
{
    const int MaxListed = 60;

    /// <summary>A reminder. What it says follows from the day on which it is sent, not from the day on which it was queued.</summary>
    /// <param name="about">The unit.</param>
    /// <param name="opening">Whether it is the opening notice.</param>
    /// <param name="withLetter">Whether a dunning letter really is attached.</param>
    public static MailContent Reminder(MailSubject about, bool opening, bool withLetter)
    {
        var (line, year, today) = (about.Line, about.Year.Year, ChinaTime.DateOf(about.Now));
        var late = today.DayNumber - line.DueDate.DayNumber;
        var left = about.Calendar.WorkdaysUntil(today, line.DueDate);
        var report = $"{year}年度政府信息公开工作年度报告";
        var back = line.Status == "returned";
        var subject =
            back ? $"提醒：{report}已退回，请修改后重新报送（{(late > 0 ? $"截止日已过{late}天" : late == 0 ? "今日截止" : left == 0 ? "即将截止" : $"还有{left}个工作日")}）"
            : late > 0 ? $"催办：{report}已逾期{late}天"
            : late == 0 ? $"提醒：{report}今日截止"
            : opening ? $"通知：请报送{report}"
            : left == 0 ? $"提醒：{report}即将截止"
            : $"提醒：{report}距截止日还有{left}个工作日";
        var paragraphs = new List<string>();
        if (back)
        {
            paragraphs.Add($"你单位的{report}已被退回，尚未重新报送，目前不计入全{Area.Of(about.CountyName)}汇总。请按退回理由修改后{(late > 0 ? "尽快" : $"于{ChinaTime.Text(line.DueDate)}前")}重新报送。");
        }
        else if (late > 0)
        {
            paragraphs.Add($"根据{Basis(line)}和我{Area.Of(about.CountyName)}年度报告编报工作安排，你单位应当于{ChinaTime.Text(line.DueDate)}前报送{report}。截至今日，{State(line)}，已逾期{late}天。");
            paragraphs.Add($"全{Area.Of(about.CountyName)}年度报告须依法于{ChinaTime.Text(about.Year.CountyDueDate)}前向社会公布。请指定专人负责，立即报送；如有特殊困难，请与我办联系。");
        }
        else
        {
            paragraphs.Add($"根据{Basis(line)}和我{Area.Of(about.CountyName)}年度报告编报工作安排，请你单位于{ChinaTime.Text(line.DueDate)}前（含当日）报送{report}。");
            paragraphs.Add(opening
                ? "报告共六个部分，应当齐全；没有发生的事项填“0”，不得空缺。报送时系统会自动核对勾稽关系，请预留修改时间。"
                : $"{(late == 0 ? "今日24时截止，" : "目前")}{State(line)}。{(line.Status == "draft" ? "请按系统列出的问题改正后报送。" : "请抓紧编写，按期报送。")}");
        }

        if (withLetter)
        {
            paragraphs.Add("现随信附上催办函，请予办理。");
        }

        var facts = new List<MailFact>
        {
            new("填报单位", line.Name),
            new("报告年度", $"{year}年度"),
            new("截止时间", $"{ChinaTime.Text(line.DueDate)}24时{(line.Reason is not null && line.DueDate != about.Year.DueDate ? "（已延期）" : "")}"),
            new("目前状态", Workflow.LabelOf(line.Status)),
        };
        if (back && line.Remark is { } remark)
        {
            facts.Add(new("退回理由", remark));
        }

        if (line.Findings.Hard > 0)
        {
            facts.Add(new("必须改正", $"{line.Findings.Hard}处"));
        }

        if (late <= 0 && !about.Calendar.IsWorkday(line.DueDate) && about.Calendar.NoteOn(line.DueDate) is { } note)
        {
            facts.Add(new("请注意", note));
        }

        return Of(about, subject, $"{line.Name}：", paragraphs, facts, [], "登录系统填报", Page(about), late > 0);
    }

    /// <summary>The answer to a filing.</summary>
    public static MailContent Filed(MailSubject about, int revision, DateTimeOffset filedAt, bool late)
    {
        var (line, year) = (about.Line, about.Year.Year);
        var doubts = line.Revision == revision ? line.Findings.Warning + line.Findings.Notice : 0;
        return Of(about, $"回执：{year}年度政府信息公开工作年度报告已收到", $"{line.Name}：",
            [
                $"你单位的{year}年度政府信息公开工作年度报告（第{revision}稿）已经收到，计入全{Area.Of(about.CountyName)}汇总。{(late ? "本次报送晚于截止日，记为迟报。" : "")}",
                .. doubts > 0 ? (string[])[$"系统核对发现{doubts}处需要留意，请登录查看：确有错误的，更正后再次报送；数据无误的，可以逐条说明原因。"] : [],
                "县级主管部门审核后另行通知。审核通过前如需更正，可以再次报送，以最新一稿为准。",
            ],
            [
                new("填报单位", line.Name), new("稿次", $"第{revision}稿"), new("报送时间", ChinaTime.Text(filedAt)), new("是否按时", late ? "迟报" : "按时"),
                .. doubts > 0 ? (MailFact[])[new("需要留意", $"警告{line.Findings.Warning}项，提示{line.Findings.Notice}项")] : [],
            ],
            [], "查看回执", $"{Page(about)}/receipt?revision={revision}");
    }

    /// <summary>The report went back.</summary>
    public static MailContent Returned(MailSubject about, int revision, string? reason) =>
        Of(about, $"退回：{about.Year.Year}年度政府信息公开工作年度报告需要修改", $"{about.Line.Name}：",
            [$"你单位的{about.Year.Year}年度政府信息公开工作年度报告（第{revision}稿）经审核需要修改，现予退回。请按下列理由修改后尽快重新报送；重新报送以前，该报告不计入全{Area.Of(about.CountyName)}汇总。"],
            [new("填报单位", about.Line.Name), new("退回稿次", $"第{revision}稿"), new("退回理由", reason ?? "（未写明）"), new("截止时间", $"{ChinaTime.Text(about.Line.DueDate)}24时")],
            [], "登录系统修改", Page(about), urgent: true);

    /// <summary>The report was accepted.</summary>
    public static MailContent Accepted(MailSubject about, int revision) =>
        Of(about, $"通知：{about.Year.Year}年度政府信息公开工作年度报告审核通过", $"{about.Line.Name}：",
            [
                $"你单位的{about.Year.Year}年度政府信息公开工作年度报告（第{revision}稿）已审核通过。",
                "请按规定向社会公布本单位年度报告，并将公布日期和网址填入系统。",
            ],
            [new("填报单位", about.Line.Name), new("通过稿次", $"第{revision}稿")],
            [], "查看报告", Page(about));

    /// <summary>A waiver does not hold any more, so that the new revision is a draft.</summary>
    public static MailContent WaiverLapsed(MailSubject about, int revision, IReadOnlyList<string> findings) =>
        Of(about, $"提醒：{about.Year.Year}年度政府信息公开工作年度报告的豁免已失效", $"{about.Line.Name}：",
            [$"你单位新提交的第{revision}稿改动了已获豁免的数据，原豁免不再适用，相应问题必须改正或者请县级主管部门重新豁免。本稿暂存为草稿；此前已计入汇总的稿次不受影响。"],
            [new("填报单位", about.Line.Name), new("稿次", $"第{revision}稿")],
            [new MailList("豁免失效的问题", findings)], "登录系统修改", Page(about), urgent: true);

    /// <summary>The coordinator's digest.</summary>
    /// <param name="countyName">Name of the county.</param>
    /// <param name="year">The year.</param>
    /// <param name="roster">The roster now.</param>
    /// <param name="since">Since when things are new; null for the first digest.</param>
    /// <param name="now">When it is written.</param>
    /// <param name="publicUrl">Where people reach the system.</param>
    /// <param name="calendar">Working days.</param>
    public static MailContent Digest(
        string countyName, ReportingYear year, Roster roster, DateTimeOffset? since, DateTimeOffset now, string publicUrl, WorkCalendar calendar)
    {
        var (summary, today) = (roster.Summary, ChinaTime.DateOf(now));
        var filed = roster.Units.Where(u => u.IsFiled && (since is null || u.FiledAt > since)).ToList();
        var findings = filed.Where(u => u.Findings is not { Warning: 0, Notice: 0 }).ToList();
        var drafts = roster.Units.Where(u => u.Expected && u.Status is "draft" or "returned").ToList();
        var missing = roster.Units.Where(u => u.Expected && !u.IsFiled).ToList();
        var left = calendar.WorkdaysUntil(today, year.DueDate);
        var late = today.DayNumber - year.DueDate.DayNumber;
        var lists = new List<MailList>();
        Add("新近报送", filed, u => $"{u.Name}（{ChinaTime.Text(u.FiledAt!.Value)}{(u.Late ? "，迟报" : "")}）");
        Add("新的警告和提示", findings, u => $"{u.Name}：警告{u.Findings.Warning}项，提示{u.Findings.Notice}项");
        Add("草稿和已退回", drafts, u => $"{u.Name}（{Workflow.LabelOf(u.Status)}{(u.Findings.Hard > 0 ? $"，{u.Findings.Hard}处必须改正" : "")}）");
        Add("未报单位", missing, u => u.DueDate == year.DueDate ? u.Name : $"{u.Name}（延期至{ChinaTime.Text(u.DueDate)}）");
        var time = late > 0 ? $"截止日已过{late}天" : late == 0 ? "今日截止" : $"距截止日还有{left}个工作日";
        return new MailContent(
            $"进度：{year.Year}年度报告已报{summary.Filed}家，未报{summary.Missing}家",
            $"{countyName}政务公开办：",
            [$"{year.Year}年度政府信息公开工作年度报告应报{summary.Expected}家，已报{summary.Filed}家（按时{summary.OnTime}家、迟报{summary.Late}家），未报{summary.Missing}家，免报{summary.Exempt}家。{time}。"],
            [
                new("截止日", ChinaTime.Text(year.DueDate)),
                new("报送率", Percent(summary.Completeness)),
                new("及时率", Percent(summary.Timeliness)),
                new("逾期未报", $"{summary.Overdue}家"),
                new($"全{Area.Of(countyName)}公布期限", ChinaTime.Text(year.CountyDueDate)),
            ],
            lists, $"查看全{Area.Of(countyName)}报送情况", $"{publicUrl}/counties/{year.County}/years/{year.Year}", null,
            "政府信息公开年度报告汇总系统", ChinaTime.Text(today), late > 0 && summary.Missing > 0);

        void Add(string heading, List<RosterLine> lines, Func<RosterLine, string> text)
        {
            if (lines.Count > 0)
            {
                lists.Add(new MailList($"{heading}（{lines.Count}家）",
                    [.. lines.Take(MaxListed).Select(text), .. lines.Count > MaxListed ? (string[])[$"……另有{lines.Count - MaxListed}家"] : []]));
            }
        }
    }

    /// <summary>A mail that shows that mail works.</summary>
    public static MailContent Test(string countyName, DateTimeOffset now, string publicUrl) => new(
        "测试：政府信息公开年度报告汇总系统邮件", "您好：",
        [$"这是{countyName}从政府信息公开年度报告汇总系统发出的测试邮件。收到本邮件，说明邮件服务器设置正确，提醒和回执可以送达这个地址。"],
        [new("发送时间", ChinaTime.Text(now))], [], "打开系统", publicUrl, null, "政府信息公开年度报告汇总系统", ChinaTime.Text(ChinaTime.DateOf(now)));

    /// <summary>The unit's page about its report of the year; who has to sign in first comes back to it.</summary>
    static string Page(MailSubject about) => $"{about.PublicUrl}/units/{about.Line.Unit}/years/{about.Year.Year}";

    static MailContent Of(MailSubject about, string subject, string greeting, IReadOnlyList<string> paragraphs, IReadOnlyList<MailFact> facts,
        IReadOnlyList<MailList> lists, string linkLabel, string link, bool urgent = false) =>
        new(subject, greeting, paragraphs, facts, lists, linkLabel, link,
            about.Office.FirstOrDefault(c => c.Phone is not null) is { } contact ? $"{contact.Name}，{contact.Phone}" : null,
            $"{about.CountyName}人民政府办公室", ChinaTime.Text(ChinaTime.DateOf(about.Now)), urgent);

    static string State(RosterLine line) => line.Status switch
    {
        "draft" => "你单位提交的报告没有通过校验，仍是草稿，不能计入汇总",
        _ => "尚未收到你单位的报告",
    };

    /// <summary>Article 49 binds departments to file with the county's office; a township's duty is the county's notice.</summary>
    static string Basis(RosterLine line) => line.Unit.Contains('-', StringComparison.Ordinal)
        ? "《中华人民共和国政府信息公开条例》第四十九条、第五十条"
        : "《中华人民共和国政府信息公开条例》第五十条";

    static string Percent(decimal? rate) => rate is { } r ? $"{(r * 100).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)}%" : "—";
}
