using System.Collections.Frozen;
using System.Text.Json;

namespace Aggregator.Api.Access;

/// <summary>What the audit's actions and particulars are called on a page.</summary>
static class AuditWording
{
    static readonly FrozenDictionary<string, string> actions = new Dictionary<string, string>
    {
        ["submit"] = "报送",
        ["keep_draft"] = "保存草稿",
        ["load_history"] = "补录往年报告",
        ["import_bulk"] = "批量导入",
        ["late_correction"] = "发布后更正",
        ["withdraw"] = "撤回",
        ["return"] = "退回",
        ["accept"] = "审核通过",
        ["reopen"] = "重新打开",
        ["waive"] = "豁免",
        ["explain"] = "写情况说明",
        ["mark_overdue"] = "标为逾期",
        ["import_roster"] = "导入名录",
        ["put_roster"] = "修改名录",
        ["put_unit"] = "登记或修改单位",
        ["put_year"] = "修改年度设置",
        ["close_year"] = "截止",
        ["open_year"] = "重新开放",
        ["publish_year"] = "发布",
        ["replace_edition"] = "换发定稿",
        ["reopen_year"] = "撤销发布",
        ["adjust"] = "更正合计",
        ["put_narrative"] = "改写县级文字",
        ["request_edition"] = "申请定稿",
        ["build_edition"] = "生成定稿",
        ["put_ladder"] = "修改提醒安排",
        ["put_calendar"] = "修改节假日",
        ["send_reminder"] = "发出提醒",
        ["retry_mail"] = "重发邮件",
        ["create_account"] = "新建账号",
        ["put_account"] = "修改账号",
        ["disable_account"] = "停用账号",
        ["enable_account"] = "启用账号",
        ["reset_account"] = "重置密码",
        ["change_password"] = "修改密码",
        ["lock_account"] = "账号锁定",
        ["sign_in"] = "登录",
        ["sign_in_failed"] = "登录失败",
        ["sign_out"] = "退出",
        ["end_session"] = "结束会话",
        ["create_key"] = "新建密钥",
        ["revoke_key"] = "吊销密钥",
        ["create_webhook"] = "新建回调",
        ["delete_webhook"] = "删除回调",
        ["replay_delivery"] = "重新投递",
        ["pause_job"] = "暂停任务",
        ["resume_job"] = "恢复任务",
        ["retry_job"] = "重跑任务",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> members = new Dictionary<string, string>
    {
        ["revision"] = "第几稿",
        ["reason"] = "理由",
        ["text"] = "说明",
        ["rule"] = "规则",
        ["dueDate"] = "截止日",
        ["countyDueDate"] = "县级截止日",
        ["state"] = "状态",
        ["edition"] = "定稿",
        ["delta"] = "更正数",
        ["added"] = "新增",
        ["name"] = "名称",
        ["late"] = "迟报",
    }.ToFrozenDictionary();

    /// <summary>An action in words.</summary>
    public static string Of(string action) => actions.GetValueOrDefault(action, action);

    /// <summary>Who did it.</summary>
    public static string Actor(string actor) =>
        actor.StartsWith("account:", StringComparison.Ordinal) ? actor["account:".Length..] : actor == "anonymous" ? "未登录者" : $"密钥 {actor}";

    /// <summary>The particulars that a person asks for, in one line.</summary>
    public static string Detail(string? json)
    {
        if (json is null)
        {
            return "";
        }

        var detail = JsonElement.Parse(json);
        return detail.ValueKind != JsonValueKind.Object ? "" : string.Join("，",
            from member in detail.EnumerateObject()
            where members.ContainsKey(member.Name) && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True
            select member.Value.ValueKind == JsonValueKind.True ? members[member.Name] : $"{members[member.Name]}：{member.Value}");
    }
}
