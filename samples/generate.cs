// Writes the demonstration county 990101 of samples/: a county that does not exist, with 48 units that all
// report for 2020 (form 2019), 2021 and 2022 (form 2021), so that a fresh installation has three years to show.
//
//     dotnet run samples/generate.cs
//
// The same bytes come out on every run: each unit and year throws its own dice, seeded by its code. Rows and columns
// are read from src/Domain/Forms, so a submission has every cell of its form, in the form's order. The figures obey the
// rules by construction: leaves are drawn and every total is added up; what a year carries out, the next carries in.
// Only 990101 and the units 99* are rewritten; the real reports beside them were transcribed by hand.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

const string Province = "99";
const string Prefecture = "9901";
const string County = "990101";

var samples = AppContext.GetData("EntryPointFileDirectoryPath") as string
    ?? throw new InvalidOperationException("Run this file with: dotnet run samples/generate.cs");
var files = new SampleFiles(samples);
files.DeleteFolder($"counties/{County}");
files.DeleteFiles("units", $"{Province}*.json");

files.WriteUnit(Province, "演示省", "province", parent: "");
files.WriteUnit(Prefecture, "演示市", "prefecture", Province);
files.WriteUnit(County, "演示县（演示数据）", "county", Prefecture);
foreach (var unit in Demonstration.Units)
{
    files.WriteUnit(unit.Code, unit.Name, unit.Kind, County);
}

var memories = Demonstration.Units.ToDictionary(unit => unit.Code, unit => new Memory(unit));
foreach (var year in Demonstration.Years)
{
    var form = Form.Read(Path.Combine(samples, "..", "src", "Domain", "Forms", year.Form + ".json"));
    var folder = $"counties/{County}/years/{year.Number}";
    files.Write(folder + ".json", new
    {
        form = form.Code,
        dueDate = $"{year.Number + 1}-01-31",
        countyDueDate = $"{year.Number + 1}-03-31",
    });
    foreach (var unit in Demonstration.Units)
    {
        var roster = $"{folder}/roster/{unit.Code}.json";
        if (year.Exempt == unit.Code)
        {
            files.Write(roster, new { expected = false, reason = year.ExemptReason });
            continue;
        }

        if (year.Extended == unit.Code)
        {
            files.Write(roster, new { expected = true, dueDate = year.ExtendedTo, reason = year.ExtendedReason });
        }
        else if (unit.IsDepartment)
        {
            files.Write(roster, new { expected = true });
        }

        var dice = new Dice($"{unit.Code} {year.Number}");
        // A unit that will not report next year finishes what it has, or a request would vanish between the years.
        var finishes = Demonstration.Years.Any(next => next.Number == year.Number + 1 && next.Exempt == unit.Code);
        var figures = Draw.Figures(form, unit, memories[unit.Code], finishes, dice);
        var prose = Prose.About(unit, year.Number, form.Code, figures, dice);
        if (year.Draft == unit.Code)
        {
            figures[year.Mistake] += 1;
        }

        files.WriteSubmission($"{folder}/submissions/{unit.Code}.json", unit, form, figures, prose, year.FiledAt(unit, dice), dice);
    }
}

/// <summary>A unit and its usual year: how much it does, and what it is about.</summary>
sealed record Unit(
    string Code, string Name, string Kind, long Requests, long Licences, long Penalties, long Coercive, decimal Fees,
    long Documents, string[] Topics)
{
    public bool IsDepartment => Kind == "department";

    public string Self => Kind switch { "street" => "本街道", "town" => "本镇", "township" => "本乡", _ => "本单位" };
}

/// <summary>A report year and the units that are out of the ordinary in it.</summary>
sealed record Year(
    int Number, string Form, Dictionary<string, string> FiledOn,
    string Exempt, string ExemptReason, string Extended, string ExtendedTo, string ExtendedReason,
    string Draft = "", string Mistake = "")
{
    /// <summary>On a working day of January, unless the plan says otherwise.</summary>
    public DateTimeOffset FiledAt(Unit unit, Dice dice)
    {
        var day = FiledOn.TryGetValue(unit.Code, out var planned)
            ? DateOnly.ParseExact(planned, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            : new DateOnly(Number + 1, 1, 4 + (int)dice.Below(26));
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            day = day.AddDays(-1);
        }

        var time = new TimeOnly(8 + (int)dice.Below(10), (int)dice.Below(60), (int)dice.Below(60));
        return new DateTimeOffset(day.ToDateTime(time), TimeSpan.FromHours(8));
    }
}

/// <summary>What a unit takes from one year into the next.</summary>
sealed class Memory(Unit unit)
{
    public Dictionary<string, decimal> Open { get; } = new() { ["naturalPerson"] = unit.Requests / 15 };

    public long Documents { get; set; } = unit.Documents;
}

/// <summary>A generator of our own: the sequence of <see cref="Random"/> may change with the runtime.</summary>
sealed class Dice(string seed)
{
    ulong state = Fnv1a(seed);

    public long Below(long limit)
    {
        unchecked
        {
            // SplitMix64
            state += 0x9E3779B97F4A7C15;
            var mixed = state;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (long)((mixed ^ (mixed >> 31)) % (ulong)limit);
        }
    }

    /// <summary>Within 15 percent of the usual figure; what never happens stays 0.</summary>
    public long Around(long usual) => (usual * (85 + Below(31)) + 50) / 100;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[(int)Below(choices.Count)];

    public T Pick<T>(IReadOnlyList<T> choices, Func<T, long> weight)
    {
        var left = Below(choices.Sum(weight));
        return choices.First(choice => (left -= weight(choice)) < 0);
    }

    public T[] Pick<T>(int count, IReadOnlyList<T> choices)
    {
        var rest = choices.ToList();
        var picked = new T[count];
        for (var i = 0; i < count; i++)
        {
            picked[i] = Pick(rest);
            rest.Remove(picked[i]);
        }

        return picked;
    }

    static ulong Fnv1a(string text)
    {
        unchecked
        {
            return text.Aggregate(0xCBF29CE484222325UL, (hash, letter) => (hash ^ letter) * 0x100000001B3);
        }
    }
}

sealed record Column(string Code, bool IsAmount);

sealed record Row(string Code, bool IsOutcome, Column[] Columns);

/// <summary>The rows and columns of a statutory format, by section.</summary>
sealed record Form(string Code, Dictionary<string, Row[]> Sections)
{
    public static Form Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var sections = json.RootElement.GetProperty("sections").EnumerateArray()
            .Where(section => section.TryGetProperty("tables", out _))
            .ToDictionary(Code, section => section.GetProperty("tables").EnumerateArray().SelectMany(Rows).ToArray());
        return new Form(json.RootElement.GetProperty("form").GetString()!, sections);

        static string Code(JsonElement element) => element.GetProperty("code").GetString()!;

        static IEnumerable<Row> Rows(JsonElement table)
        {
            Column[] columns =
            [
                .. table.GetProperty("columns").EnumerateArray().Select(column => new Column(
                    Code(column), column.TryGetProperty("type", out var type) && type.ValueEquals("amount"))),
            ];
            return table.GetProperty("rows").EnumerateArray().Select(row => new Row(
                Code(row), row.TryGetProperty("groups", out _) && Code(table) == "requests" && Code(row) != "total", columns));
        }
    }
}

/// <summary>Cells by path; one that nobody set is 0.</summary>
sealed class Figures
{
    readonly Dictionary<string, decimal> cells = [];

    public decimal this[string path]
    {
        get => cells.GetValueOrDefault(path);
        set => cells[path] = value;
    }
}

static class Draw
{
    static readonly Dictionary<string, long> ApplicantWeights = new()
    {
        ["naturalPerson"] = 80,
        ["business"] = 9,
        ["research"] = 1,
        ["publicWelfare"] = 2,
        ["legalService"] = 6,
        ["other"] = 2,
    };

    // Outcomes that are not named are rare.
    static readonly Dictionary<string, long> OutcomeWeights = new()
    {
        ["granted"] = 60,
        ["partlyGranted"] = 18,
        ["unavailable.notHeld"] = 30,
        ["unavailable.needsCreation"] = 6,
        ["unavailable.unclearAfterCorrection"] = 3,
        ["notProcessed.petition"] = 6,
        ["notProcessed.repeated"] = 3,
        ["refused.thirdPartyRights"] = 3,
        ["refused.internalAffairs"] = 4,
        ["refused.processInformation"] = 4,
        ["refused.enforcementFile"] = 5,
        ["refused.administrativeEnquiry"] = 4,
        ["otherOutcome"] = 4,
        ["otherOutcome.notCorrected"] = 4,
    };

    public static Figures Figures(Form form, Unit unit, Memory memory, bool finishes, Dice dice)
    {
        var figures = new Figures();
        Disclosure(figures, form, unit, memory, dice);
        Requests(figures, form, unit, memory, finishes, dice);
        Review(figures, form, dice);
        return figures;
    }

    static void Disclosure(Figures figures, Form form, Unit unit, Memory memory, Dice dice)
    {
        figures["disclosure.licences.decisions"] = dice.Around(unit.Licences);
        figures["disclosure.penalties.decisions"] = dice.Around(unit.Penalties);
        figures["disclosure.coerciveMeasures.decisions"] = dice.Around(unit.Coercive);
        if (form.Code == "2019")
        {
            var created = dice.Below(memory.Documents / 4 + 2);
            memory.Documents += created;
            figures["disclosure.normativeDocuments.created"] = created;
            figures["disclosure.normativeDocuments.disclosed"] = created;
            figures["disclosure.normativeDocuments.disclosedTotal"] = memory.Documents;
            foreach (var (row, usual) in new[] { ("licences", unit.Licences), ("penalties", unit.Penalties), ("coerciveMeasures", unit.Coercive) })
            {
                if (usual > 0)
                {
                    figures[$"disclosure.{row}.previousItems"] = 2 + dice.Below(12);
                    figures[$"disclosure.{row}.change"] = dice.Below(4) - 1;
                }
            }

            if (unit.Fees > 0)
            {
                figures["disclosure.fees.previousItems"] = 1 + dice.Below(4);
                figures["disclosure.fees.change"] = -dice.Below(2);
            }

            var purchases = unit.IsDepartment ? dice.Below(7) : dice.Below(3);
            figures["disclosure.procurement.items"] = purchases;
            figures["disclosure.procurement.amount"] = purchases * (30_000m + dice.Below(600_000)) / 10_000;
        }
        else
        {
            var issued = dice.Below(memory.Documents / 5 + 2);
            var repealed = dice.Below(memory.Documents / 8 + 1);
            memory.Documents += issued - repealed;
            figures["disclosure.normativeDocuments.issued"] = issued;
            figures["disclosure.normativeDocuments.repealed"] = repealed;
            figures["disclosure.normativeDocuments.inForce"] = memory.Documents;
            figures["disclosure.fees.amount"] = dice.Around((long)(unit.Fees * 10_000)) / 10_000m;
        }
    }

    static void Requests(Figures figures, Form form, Unit unit, Memory memory, bool finishes, Dice dice)
    {
        var rows = form.Sections["requests"];
        Row[] outcomes = [.. rows.Where(row => row.IsOutcome)];
        var applicants = ApplicantWeights.Keys.ToArray();
        var received = unit.IsDepartment ? dice.Around(unit.Requests * 10) / 10 : dice.Below(unit.Requests + 1);
        for (var i = 0L; i < received; i++)
        {
            figures[$"requests.received.{dice.Pick(applicants, applicant => ApplicantWeights[applicant])}"] += 1;
        }

        foreach (var applicant in applicants)
        {
            figures[$"requests.carriedIn.{applicant}"] = memory.Open.GetValueOrDefault(applicant);
            var open = figures[$"requests.received.{applicant}"] + figures[$"requests.carriedIn.{applicant}"];
            for (var i = 0; i < open; i++)
            {
                var row = !finishes && dice.Below(16) == 0
                    ? "carriedOut"
                    : dice.Pick(outcomes, outcome => OutcomeWeights.GetValueOrDefault(outcome.Code, 1)).Code;
                figures[$"requests.{row}.{applicant}"] += 1;
            }

            figures[$"requests.total.{applicant}"] = outcomes.Sum(row => figures[$"requests.{row.Code}.{applicant}"]);
            memory.Open[applicant] = figures[$"requests.carriedOut.{applicant}"];
        }

        foreach (var row in rows)
        {
            figures[$"requests.{row.Code}.total"] = applicants.Sum(applicant => figures[$"requests.{row.Code}.{applicant}"]);
        }
    }

    static void Review(Figures figures, Form form, Dice dice)
    {
        string[] results = ["upheld", "upheld", "upheld", "corrected", "otherResult", "pending"];
        foreach (var row in form.Sections["review"])
        {
            var cases = dice.Below((long)figures["requests.total.total"] / 9 + 1);
            for (var i = 0L; i < cases; i++)
            {
                figures[$"review.{row.Code}.{dice.Pick(results)}"] += 1;
            }

            figures[$"review.{row.Code}.total"] = cases;
        }
    }
}

/// <summary>The three sections in words. Every figure that the overview names is the one in the tables.</summary>
sealed record Prose(string Overview, string Problems, string Other)
{
    const string Mark = "演示数据。";

    public static Prose About(Unit unit, int year, string form, Figures figures, Dice dice)
    {
        var topics = dice.Pick(3, unit.Topics);
        return new Prose(
            Mark + Disclosed(unit, year, form, figures, topics, dice) + Requested(unit, figures, dice)
                + Managed(topics, dice) + Supervised(unit, dice),
            Mark + Problem(unit, topics, dice) + Measure(topics, dice),
            Mark + Fees(year, dice));
    }

    static string Disclosed(Unit unit, int year, string form, Figures figures, string[] topics, Dice dice)
    {
        var news = 12 + dice.Below(60);
        var notices = 4 + dice.Below(25);
        var rest = 3 + dice.Below(30);
        var all = news + notices + rest;
        var documents = form == "2019"
            ? Count("新制作规范性文件", figures["disclosure.normativeDocuments.created"])
            : Count("制发行政规范性文件", figures["disclosure.normativeDocuments.issued"]);
        var decisions = Count("作出行政许可决定", figures["disclosure.licences.decisions"])
            + Count("作出行政处罚决定", figures["disclosure.penalties.decisions"]);
        return dice.Pick(
        [
            $"{year}年，{unit.Name}主动公开政府信息{all}条，其中工作动态{news}条、通知公告{notices}条、{topics[0]}等专题信息{rest}条{documents}{decisions}。",
            $"围绕{topics[0]}和{topics[1]}，{unit.Self}{year}年主动公开信息{all}条：动态类{news}条，公告类{notices}条，专题类{rest}条{documents}{decisions}。",
            $"{year}年{unit.Self}把{topics[0]}列为主动公开重点，全年上网信息{all}条（动态{news}条、公告{notices}条、其他{rest}条）{documents}{decisions}。",
            $"在主动公开方面，{unit.Name}{year}年共发布{all}条，包括工作动态{news}条、公告公示{notices}条、{topics[1]}类信息{rest}条{documents}{decisions}。",
        ]);

        static string Count(string what, decimal number) => number == 0 ? "" : $"，{what}{number}件";
    }

    static string Requested(Unit unit, Figures figures, Dice dice)
    {
        var received = figures["requests.received.total"];
        var carriedIn = figures["requests.carriedIn.total"];
        var done = figures["requests.total.total"];
        var carriedOut = figures["requests.carriedOut.total"];
        var reviews = figures["review.reconsideration.total"];
        var contested = reviews == 0 ? "" : $"，由此发生行政复议{reviews}件";
        if (received + carriedIn == 0)
        {
            return dice.Pick(
            [
                $"依申请公开渠道保持畅通，{unit.Self}全年没有收到政府信息公开申请。",
                "依申请公开方面，本年未收到申请，也没有上年结转的申请。",
                $"{unit.Self}在服务窗口和网站都设有依申请公开入口，本年度收到申请0件。",
            ]);
        }

        return dice.Pick(
        [
            $"依申请公开方面，新收申请{received}件，上年结转{carriedIn}件，当年办结{done}件，结转下年度{carriedOut}件{contested}。",
            $"{unit.Self}依申请公开新收{received}件、接续上年{carriedIn}件，已答复{done}件，尚有{carriedOut}件转入下年{contested}。",
            $"全年收到依申请公开事项{received}件，连同上年结转的{carriedIn}件，共办结{done}件，其余{carriedOut}件下年度继续办理{contested}。",
        ]);
    }

    static string Managed(string[] topics, Dice dice) => dice.Pick(
    [
        $"政府信息管理上对{topics[1]}类文件逐件标注公开属性，平台建设上由专人维护县政府网站的专栏。",
        $"完善政府信息管理台账，每季度清理一次{topics[2]}方面的过期信息；平台建设以网站专栏为主，公示栏为辅。",
        $"公文拟稿时同步确定公开属性，政府信息管理责任到人，平台建设方面新开了{topics[0]}专题页。",
        $"政府信息管理实行先审后发，{topics[2]}信息由业务股室初审，平台建设方面合并了两个长期不更新的栏目。",
        $"平台建设方面把{topics[0]}的办事指南移到网站首页，政府信息管理方面补录了历年文件的索引号。",
    ]);

    static string Supervised(Unit unit, Dice dice) => dice.Pick(
    [
        "监督保障方面，工作考核每半年一次，社会评议未收到负面意见，没有发生责任追究的情形。",
        $"监督保障方面，{unit.Self}主要负责人听取汇报{1 + dice.Below(3)}次，工作考核纳入年度目标，社会评议良好，无责任追究事项。",
        $"在监督保障上组织培训{1 + dice.Below(4)}场，邀请群众代表参加社会评议，工作考核合格，全年无责任追究。",
        $"监督保障方面自查发现并改正错漏{1 + dice.Below(9)}处，工作考核结果已通报，社会评议和责任追究均无异常。",
    ]);

    static string Problem(Unit unit, string[] topics, Dice dice) => dice.Pick(
    [
        $"{topics[0]}信息从形成到上网平均要{5 + dice.Below(9)}个工作日，时效还不够好。",
        $"{unit.Self}从事公开工作的人员是兼职，今年换过{1 + dice.Below(2)}人，业务衔接有断档。",
        $"政策解读以文字为主，{topics[1]}方面的图解只有{1 + dice.Below(5)}篇，群众不易看懂。",
        $"抽查{10 + dice.Below(30)}份公文，有{1 + dice.Below(4)}份没有注明公开属性。",
        $"群众来电多问{topics[2]}，而网站上这类内容分散在几个栏目里，不好找。",
        $"对{topics[1]}哪些内容应当公开，各股室的把握还不一致。",
    ]);

    static string Measure(string[] topics, Dice dice)
    {
        var measures = dice.Pick(2,
        [
            $"把{topics[0]}的公开时限写进内部流程，超期由负责人督办",
            "固定一名专职人员，并为其配备一名替补",
            $"让{topics[1]}文件与解读材料一起送审、一起发布",
            $"集中整理{topics[2]}信息，按办事对象重新编排目录",
            "每季度互查一次公文的公开属性，结果在会上通报",
            $"编写{topics[1]}公开事项的样例，供各股室对照",
            "向答复质量较好的单位学习，整理一套常用答复文书",
        ]);
        return $"下一步，{measures[0]}；{measures[1]}。";
    }

    static string Fees(int year, Dice dice)
    {
        var proposals = dice.Below(9);
        var also = proposals == 0 ? "没有承办人大建议和政协提案。" : $"承办人大建议和政协提案{proposals}件，答复内容均已公开。";
        return dice.Pick(
        [
            $"{year}年收取信息处理费0元。{also}",
            $"本年度没有发生信息处理费，收取金额为0元。{also}",
            $"{also}信息处理费全年收取0元。",
        ]);
    }
}

/// <summary>Writes samples: one line per table row, LF, UTF-8 without a mark.</summary>
sealed class SampleFiles(string root)
{
    static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void DeleteFolder(string folder)
    {
        if (Directory.Exists(Path.Combine(root, folder)))
        {
            Directory.Delete(Path.Combine(root, folder), recursive: true);
        }
    }

    public void DeleteFiles(string folder, string pattern)
    {
        foreach (var file in Directory.CreateDirectory(Path.Combine(root, folder)).EnumerateFiles(pattern))
        {
            file.Delete();
        }
    }

    public void WriteUnit(string code, string name, string kind, string parent) =>
        Write($"units/{code}.json", new { name, kind, parent, contacts = Array.Empty<object>() });

    public void Write(string path, object body) => WriteText(path, JsonSerializer.Serialize(body, Options));

    public void WriteSubmission(
        string path, Unit unit, Form form, Figures figures, Prose prose, DateTimeOffset filedAt, Dice dice)
    {
        List<string> members =
        [
            Member("unit", Text(unit.Code)),
            Member("form", Text(form.Code)),
            Member("figures", Block(1, form.Sections.Select(section => Member(section.Key, Section(section.Key, section.Value, figures))))),
            Member("prose", Block(1,
            [
                Member("overview", Text(prose.Overview)),
                Member("problems", Text(prose.Problems)),
                Member("other", Text(prose.Other)),
            ])),
        ];
        // One in eight files before it has published.
        if (dice.Below(8) != 0)
        {
            members.Add(Member("publishedAt", Text(filedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
            members.Add(Member("publishedUrl", Text($"https://yanshi.example/xxgk/{filedAt.Year - 1}/{unit.Code}.html")));
        }

        members.Add(Member("filedAt", Text(filedAt.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture))));
        WriteText(path, Block(0, members));
    }

    static string Section(string section, Row[] rows, Figures figures) =>
        Block(2, rows.GroupBy(row => row.Code.Split('.')[0]).Select(group => group.First().Code == group.Key
            ? Member(group.Key, Cells(section, group.First(), figures))
            : Member(group.Key, Block(3, group.Select(row =>
                Member(row.Code[(group.Key.Length + 1)..], Cells(section, row, figures)))))));

    static string Cells(string section, Row row, Figures figures) =>
        "{" + string.Join(',', row.Columns.Select(column =>
        {
            var number = figures[$"{section}.{row.Code}.{column.Code}"].ToString("0.####", CultureInfo.InvariantCulture);
            return $"\"{column.Code}\":{(column.IsAmount ? Text(number) : number)}";
        })) + "}";

    static string Block(int depth, IEnumerable<string> members)
    {
        var indent = new string(' ', 2 * depth);
        return "{\n" + string.Join(",\n", members.Select(member => indent + "  " + member)) + "\n" + indent + "}";
    }

    static string Member(string name, string value) => $"\"{name}\": {value}";

    static string Text(string text) => JsonSerializer.Serialize(text, Options);

    void WriteText(string path, string text)
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }
}

/// <summary>The county: its units, and what happens in each year.</summary>
static class Demonstration
{
    static readonly string[] LocalTopics =
    [
        "惠农补贴发放", "农村危房改造", "村级财务", "最低生活保障", "临时救助", "征地补偿安置", "人居环境整治", "防汛抗旱",
        "道路养护", "集体经济收益", "耕地保护", "便民服务事项", "退役军人优抚", "森林防火", "饮水安全", "养老服务",
    ];

    public static IReadOnlyList<Unit> Units { get; } =
    [
        .. Local("street", 990101001, ["城关街道", "东湖街道", "北门街道", "新城街道"]),
        .. Local("town", 990101100, ["石桥镇", "柳河镇", "青龙镇", "白沙镇", "枫林镇", "双塘镇", "大岭镇", "清泉镇"]),
        .. Local("township", 990101200, ["云台乡", "长坪乡", "竹溪乡", "黄坡乡", "龙潭乡", "梅岗乡"]),
        Department("zfb", "县政府办公室", 34, 0, 0, 0, 0m, 42, "政府常务会议", "政府公报", "重大决策预公开", "政策解读"),
        Department("fgj", "发展和改革局", 6, 186, 0, 0, 0m, 6, "重大项目审批", "价格监测", "节能审查", "粮食储备"),
        Department("jyj", "教育局", 9, 64, 2, 0, 1186.4m, 5, "招生入学", "学区划分", "教师招聘", "校外培训"),
        Department("kjj", "科学技术局", 0, 0, 0, 0, 0m, 2, "科技项目申报", "高新企业认定", "科普活动"),
        Department("gxj", "工业和信息化局", 2, 12, 1, 0, 0m, 3, "技改补助", "中小企业服务", "电力运行"),
        Department("gaj", "公安局", 22, 38_215, 6_120, 1_843, 612.35m, 2, "户籍办理", "交通管理", "出入境证件", "反诈宣传"),
        Department("mzj", "民政局", 4, 73, 1, 0, 0m, 5, "社会救助", "养老机构", "社会组织登记", "婚姻登记"),
        Department("sfj", "司法局", 3, 9, 0, 0, 0m, 2, "法律援助", "人民调解", "行政执法监督"),
        Department("czj", "财政局", 5, 31, 1, 0, 0m, 8, "预算决算", "专项资金", "政府采购监管", "会计管理"),
        Department("rsj", "人力资源和社会保障局", 11, 148, 16, 3, 84.2m, 4, "就业补贴", "工伤认定", "事业单位招聘", "社保待遇"),
        Department("zrj", "自然资源局", 46, 2_310, 58, 4, 7_420.88m, 6, "征地信息", "不动产登记", "国土空间规划", "地质灾害防治"),
        Department("sthj", "生态环境分局", 12, 164, 71, 6, 38.5m, 2, "环评审批", "空气质量", "排污许可"),
        Department("zjj", "住房和城乡建设局", 38, 884, 43, 0, 1_523.7m, 7, "老旧小区改造", "保障性住房", "房屋征收", "物业监管"),
        Department("jtj", "交通运输局", 8, 1_675, 512, 96, 0m, 3, "农村公路", "客运线路", "超限治理"),
        Department("slj", "水利局", 4, 88, 14, 2, 413.2m, 3, "水库除险", "取水许可", "河长制"),
        Department("nyj", "农业农村局", 10, 327, 45, 2, 0m, 6, "农机购置补贴", "高标准农田", "宅基地管理", "农产品质量"),
        Department("swj", "商务局", 1, 41, 2, 0, 0m, 2, "外贸扶持", "成品油流通", "消费促进"),
        Department("wlj", "文化广电和旅游局", 2, 96, 11, 0, 0m, 2, "文物保护", "旅游市场", "公共文化场馆"),
        Department("wjj", "卫生健康局", 7, 1_240, 87, 3, 26.4m, 4, "医疗机构许可", "疫情防控", "公共卫生服务"),
        Department("tyj", "退役军人事务局", 2, 0, 0, 0, 0m, 2, "优抚待遇", "就业安置", "烈士褒扬"),
        Department("yjj", "应急管理局", 5, 143, 98, 5, 0m, 4, "安全生产检查", "救灾物资", "事故调查报告"),
        Department("sjj", "审计局", 1, 0, 0, 0, 0m, 1, "审计结果", "整改情况", "审计计划"),
        Department("scj", "市场监督管理局", 14, 9_860, 436, 58, 47.63m, 5, "食品抽检", "企业登记", "特种设备", "价格检查"),
        Department("tjj", "统计局", 0, 0, 3, 0, 0m, 0, "统计公报", "人口普查", "经济运行数据"),
        Department("ybj", "医疗保障局", 3, 0, 9, 0, 0m, 3, "医保报销政策", "基金监管", "药品集中采购"),
        Department("cgj", "城市管理局", 13, 412, 1_187, 64, 296.05m, 2, "户外广告", "停车管理", "垃圾分类", "违法建设查处"),
        Department("lyj", "林业局", 9, 208, 33, 1, 112.8m, 3, "林木采伐", "森林防火", "退耕还林", "古树名木"),
        Department("xfj", "信访局", 4, 0, 0, 0, 0m, 1, "信访渠道", "领导接访", "办理进度"),
        Department("zwj", "政务服务管理局", 3, 4_125, 0, 0, 0m, 2, "办事指南", "一件事一次办", "窗口服务"),
        Department("jgj", "机关事务服务中心", 1, 0, 0, 0, 0m, 2, "公车管理", "办公用房", "公共机构节能"),
    ];

    public static IReadOnlyList<Year> Years { get; } =
    [
        new(2020, "2019",
            new()
            {
                ["990101103"] = "2021-02-03", ["990101202"] = "2021-02-08", ["990101-jtj"] = "2021-02-02", ["990101-cgj"] = "2021-02-19",
                ["990101-slj"] = "2021-02-09",
            },
            Exempt: "990101-zwj", ExemptReason: "2020年12月新组建，当年没有独立制作或者保存政府信息，免报",
            Extended: "990101-slj", ExtendedTo: "2021-02-15", ExtendedReason: "办公楼搬迁，档案尚未归位，同意延期"),
        new(2021, "2021",
            new()
            {
                ["990101004"] = "2022-02-08", ["990101106"] = "2022-02-14", ["990101-zjj"] = "2022-02-07", ["990101-gaj"] = "2022-02-11",
            },
            Exempt: "990101-jgj", ExemptReason: "2021年政府信息公开工作由县政府办公室代办，并入该办公室年度报告",
            Extended: "990101-gaj", ExtendedTo: "2022-02-15", ExtendedReason: "业务系统切换，许可和处罚数据需重新核对，同意延期"),
        new(2022, "2021",
            new()
            {
                ["990101100"] = "2023-02-01", ["990101203"] = "2023-02-13", ["990101-nyj"] = "2023-02-02", ["990101-wlj"] = "2023-02-06",
                ["990101-rsj"] = "2023-02-10",
            },
            Exempt: "990101205", ExemptReason: "2022年起与双塘镇合署办公，年度报告由双塘镇一并编制",
            Extended: "990101-rsj", ExtendedTo: "2023-02-15", ExtendedReason: "机构合并，两套台账需要归并核对，同意延期",
            // One wrong cell breaks its row (H1) and its column (V1), as a slip of the pen does.
            Draft: "990101-lyj", Mistake: "requests.granted.total"),
    ];

    static IEnumerable<Unit> Local(string kind, int firstCode, string[] names) => names.Select((name, index) =>
    {
        var code = (firstCode + index).ToString(CultureInfo.InvariantCulture);
        var dice = new Dice(code);
        return new Unit(
            code, name, kind, dice.Below(4), dice.Below(60), dice.Below(9), dice.Below(3), 0m, dice.Below(6), dice.Pick(5, LocalTopics));
    });

    static Unit Department(
        string suffix, string name, long requests, long licences, long penalties, long coercive, decimal fees, long documents,
        params string[] topics) =>
        new($"990101-{suffix}", name, "department", requests, licences, penalties, coercive, fees, documents, topics);
}
