using System.Text;

namespace Aggregator.Benchmarks;

/// <summary>Prose in the manner of the annual reports, put together at random so that it neither repeats itself nor says anything.</summary>
static class Prose
{
    static readonly string[] subjects =
    [
        "我乡", "镇党政综合办公室", "各村（社区）", "县政务公开办", "分管负责同志", "便民服务中心", "信息公开专班", "财政所", "民政办", "自然资源所", "综合执法队", "宣传干事",
        "农业农村服务站", "退役军人服务站", "各站所负责人", "驻村工作队", "卫生院", "中心学校", "应急管理站", "司法所",
    ];

    static readonly string[] times =
    [
        "本年度", "上半年", "自二月起", "第三季度", "年初", "汛期前后", "换届期间", "疫情防控期间", "按月", "每逢集日", "十二月底前", "遵照县里部署", "结合主题教育", "按照清单要求", "经集体研究", "收到申请后",
    ];

    static readonly string[] verbs =
    [
        "通过政府网站主动公开", "在公示栏张贴", "依法答复", "逐条梳理", "集中清理", "更新完善", "重新修订", "如实登记", "及时发布", "对照目录核对", "组织学习", "开展自查", "补充解释", "征求群众对", "移交档案室保管", "逐级审核", "委托第三方评估",
        "利用微信公众号推送", "当面解读", "指定专人保管",
    ];

    static readonly string[] objects =
    [
        "惠农补贴发放名册", "乡村振兴项目资金安排", "规范性文件", "行政处罚决定", "行政许可事项", "财政预决算", "低保和特困供养名单", "征地补偿方案", "农村危房改造情况", "义务教育招生范围", "应急预案", "环境整治结果", "公开指南和目录", "依申请公开办理流程",
        "政策解读材料", "人事任免信息", "村级集体资产台账", "公共卫生服务项目", "安全生产检查结果", "招标采购公告", "河长制巡查记录", "林权登记资料", "饮水工程进度", "信访答复意见",
    ];

    static readonly string[] results =
    [
        "未发生因公开引起的行政复议", "群众满意度有所提高", "仍有栏目更新不够及时", "解读形式比较单一", "人员业务水平有待加强", "做到应公开尽公开", "答复率达到百分之百", "纠正了格式不统一的问题", "下一步将细化分工", "形成了长效机制", "比上年增加了若干条", "没有收取任何费用",
        "主动接受社会监督", "受到县里通报表扬", "部分内容深度不足", "今后要压实责任", "按期办结", "均未涉及国家秘密", "保障了群众的知情权", "为基层减轻了负担",
    ];

    /// <summary>At least 2,000 characters, which are 6 kB.</summary>
    public static string Write(Random random)
    {
        var text = new StringBuilder();
        while (text.Length < 2000)
        {
            text.Append(Any(times)).Append('，').Append(Any(subjects)).Append(Any(verbs)).Append(Any(objects)).Append(random.Next(2, 400)).Append(Any(["条", "件", "次", "项", "份"]))
                .Append(random.Next(2) == 0 ? '，' : '；').Append(Any(results)).Append('。');
        }

        return text.ToString();

        string Any(string[] words) => words[random.Next(words.Length)];
    }
}
