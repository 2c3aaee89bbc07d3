using System.Collections.Immutable;
using Aggregator.Forms;

namespace Aggregator.Documents.Reading;

/// <summary>Makes cells of the rows that were found: which field is which cell's, what number it holds, and how sure that is.</summary>
sealed class FigureReading
{
    readonly Form form;
    readonly CellReading[] cells;
    readonly List<ReadingRemark> remarks;
    readonly HashSet<string> irregularTables = [];
    readonly HashSet<string> placedHeads = [];
    readonly List<FoundRow> withoutData = [];

    FigureReading(Form form, List<ReadingRemark> remarks)
    {
        (this.form, this.remarks) = (form, remarks);
        cells = [.. form.Cells.Select(c => new CellReading(c.Path, null, null, null, Confidence.None))];
    }

    /// <summary>The cells in the form's order; what was odd is added to the remarks.</summary>
    public static ImmutableArray<CellReading> Of(Form form, Finds finds)
    {
        var reading = new FigureReading(form, finds.Remarks);
        var rows = reading.Known(FoundRows.Placed(form, finds.Rows));
        var damaged = new List<FoundRow>();
        foreach (var row in FoundRows.Doubted(form, [.. reading.Chosen(rows)]))
        {
            if (row.Disorder is null || row.Fields.Length == row.Slots.Length)
            {
                reading.Fill(row);
            }
            else
            {
                damaged.Add(row);
            }
        }

        reading.Repair(damaged);
        reading.Doubt();
        reading.TellMissing();
        return [.. reading.cells];
    }

    /// <summary>Rows that the form has; of the others is told.</summary>
    List<FoundRow> Known(List<FoundRow> rows)
    {
        var known = new List<FoundRow>();
        foreach (var row in rows)
        {
            if (row.From is not null)
            {
                Convert(row);
            }
            else if (row.Slots.Any(s => s is not null))
            {
                known.Add(row);
            }
            else if (row.Table is not null)
            {
                var content = string.Join("、", row.Fields.Select(f => NumberText.Quote(f.Text)));
                Remark("extra_row", null, $"表中有格式以外的一行：“{NumberText.Quote(row.Label)}”{(content.Length > 0 ? $"（{content}）" : "")}，没有读取", row.Where);
                irregularTables.Add(row.Table.Code);
            }
        }

        return known;
    }

    /// <summary>One of rows that are found more than once: the best labelled, then the fullest; two of them that differ are told.</summary>
    IEnumerable<FoundRow> Chosen(List<FoundRow> rows)
    {
        foreach (var same in rows.GroupBy(r => r.Key).OrderBy(g => rows.IndexOf(g.First())))
        {
            var best = same.OrderBy(r => r.Fit).ThenByDescending(r => r.Fields.Length > 0).ThenByDescending(r => r.Slots.Count(s => s is not null))
                .ThenBy(r => r.Disorder is not null).First();
            foreach (var other in same.Where(r => !ReferenceEquals(r, best) && !(r.Fields.IsEmpty && best.Fields.IsEmpty)))
            {
                if (other.Fields.IsEmpty)
                {
                    Remark("duplicate_row", RowPath(best), $"“{NumberText.Quote(best.Label)}”在文件中出现两次，一次没有填数，请核对", other.Where);
                }
                else if (other.Fit > best.Fit)
                {
                    Remark("extra_row", RowPath(best), $"表中还有一行“{NumberText.Quote(other.Label)}”，与“{NumberText.Quote(best.Label)}”相近，没有读取", other.Where);
                }
                else if (Differ(best, other))
                {
                    Remark("duplicate_row", RowPath(best), $"“{NumberText.Quote(best.Label)}”在文件中出现两次，数据不一致，请核对", other.Where);
                    best = best with { Doubt = "同一行在文件中出现两次，数据不一致" };
                }
            }

            yield return best;
        }
    }

    static bool Differ(FoundRow a, FoundRow b)
    {
        var (left, right) = (Values(a), Values(b));
        return a.Disorder is not null || b.Disorder is not null || left.Any(l => right.TryGetValue(l.Key, out var value) && value != l.Value);

        static Dictionary<int, decimal?> Values(FoundRow row) => row.Slots.Zip(row.Fields).Where(p => p.First is not null).DistinctBy(p => p.First!.Index)
            .ToDictionary(p => p.First!.Index, p => NumberText.Parse(p.Second.Text, p.First!.Column).Value);
    }

    void Fill(FoundRow row)
    {
        var doubt = row.Disorder ?? row.Doubt ?? row.Fit switch
        {
            Fit.Part => "标签只有一部分与格式相符",
            Fit.Place => "标签没有认出，按位置读取",
            _ => null,
        };
        if (row.Fit == Fit.Near)
        {
            Remark("label_differs", RowPath(row), $"标签“{NumberText.Quote(row.Label)}”与格式略有不同", row.Where);
        }

        if (doubt is not null)
        {
            irregularTables.Add(row.Table!.Code);
            Remark("row_irregular", RowPath(row), $"“{NumberText.Quote(row.Label)}”一行请核对：{doubt}", row.Where);
        }

        if (row.IsLoose)
        {
            irregularTables.Add(row.Table!.Code);
        }

        var blanks = new List<(Cell Cell, NumberText Number)>();
        for (var i = 0; i < row.Slots.Length; i++)
        {
            if (row.Slots[i] is not { } cell)
            {
                Remark("extra_column", RowPath(row), $"“{NumberText.Quote(row.Label)}”一行有格式以外的一格“{NumberText.Quote(row.Fields[i].Text)}”，没有读取", row.Fields[i].Where);
                continue;
            }

            var number = NumberText.Parse(row.Fields[i].Text, cell.Column, row.Unit);
            var isDoubtful = doubt is not null || TellsHead(row, cell);
            Set(cell, row.Fields[i], number.Value, isDoubtful && number.Confidence == Confidence.Certain ? Confidence.Doubtful : number.Confidence);
            if (number.Code == "blank_cell")
            {
                blanks.Add((cell, number));
            }
            else if (number.Code is { } code)
            {
                Remark(code, cell.Path, $"{cell.Name}：{number.Oddity}", row.Fields[i].Where);
            }
        }

        TellBlanks(row, blanks);
    }

    /// <summary>Whether the head above a cell was read by its place; tells so once for the column.</summary>
    bool TellsHead(FoundRow row, Cell cell)
    {
        if (row.Heads.FirstOrDefault(h => h.Column == cell.Column) is not { Text: { } text })
        {
            return false;
        }

        var path = $"{cell.Section.Code}.*.{cell.Column.Code}";
        if (placedHeads.Add(path))
        {
            Remark("column_differs", path, $"表头“{NumberText.Quote(text)}”与格式不同，按位置当作“{cell.ColumnName}”读取，请核对这一列", row.Where);
        }

        return true;
    }

    /// <summary>One remark for all blanks of a row.</summary>
    void TellBlanks(FoundRow row, List<(Cell Cell, NumberText Number)> blanks)
    {
        if (blanks.Count == row.Slots.Length && blanks.Count > 1)
        {
            TellBlank(row);
            return;
        }

        foreach (var (cell, number) in blanks)
        {
            Remark(number.Code!, cell.Path, $"{cell.Name}：{number.Oddity}", cells[cell.Index].Where);
        }
    }

    void TellBlank(FoundRow row) => Remark("blank_row", RowPath(row), $"“{NumberText.Quote(row.Label)}”一行没有填数；没有的应填0", row.Where);

    /// <summary>
    /// Rows with fields too few or too many: read if exactly one way to put them under the heads satisfies the form's arithmetic.
    /// A row read so may be what another one needs.
    /// </summary>
    void Repair(List<FoundRow> damaged)
    {
        for (var progress = true; progress;)
        {
            progress = false;
            foreach (var row in damaged.ToList())
            {
                if (RowRepair.Solve(form, [.. cells.Select(c => c.Value)], row) is { } values)
                {
                    damaged.Remove(row);
                    progress = true;
                    for (var i = 0; i < values.Length; i++)
                    {
                        if (row.Slots[i] is { } cell)
                        {
                            var (value, field) = values[i];
                            Set(cell, field, value, value is null ? Confidence.None : Confidence.Doubtful);
                        }
                    }

                    irregularTables.Add(row.Table!.Code);
                    Remark("row_recovered", RowPath(row), $"“{NumberText.Quote(row.Label)}”一行{row.Disorder}；只有一种读法符合勾稽关系，按它读取，请核对：{Content(row)}", row.Where);
                }
            }
        }

        foreach (var row in damaged)
        {
            irregularTables.Add(row.Table!.Code);
            if (row.Fields.IsEmpty)
            {
                withoutData.Add(row);
            }
            else
            {
                Remark("row_unreadable", RowPath(row), $"“{NumberText.Quote(row.Label)}”一行{row.Disorder}，无法确定各是哪一格，没有读取：{Content(row)}", row.Where);
            }
        }
    }

    static string Content(FoundRow row) => NumberText.Quote(string.Join("、", row.Fields.Select(f => f.Text.Trim().Length == 0 ? "（空）" : f.Text.Trim())));

    /// <summary>A row that only another form has is read as the conversion between the forms proposes.</summary>
    void Convert(FoundRow row)
    {
        if (row.Fields.Length != row.Slots.Length || row.Disorder is not null || Conversion.Find(row.From!, form) is not { } conversion)
        {
            Remark("row_of_other_form", null, $"“{NumberText.Quote(row.Label)}”是{row.From!.Code}年格式的一行，没有读取", row.Where);
            return;
        }

        for (var i = 0; i < row.Slots.Length; i++)
        {
            foreach (var move in conversion.Moves.Where(m => m is { To: not null, Action: CellAction.Carried } && m.From == row.Slots[i]))
            {
                var number = NumberText.Parse(row.Fields[i].Text, move.From!.Column);
                if (cells[move.To!.Index].Text is null)
                {
                    Set(move.To, row.Fields[i], number.Value is null ? null : move.Value ?? number.Value, number.Value is null ? Confidence.None : Confidence.Doubtful);
                }
            }
        }

        irregularTables.Add(row.Table!.Code);
        Remark("row_of_other_form", RowPath(row), $"“{NumberText.Quote(row.Label)}”是{row.From!.Code}年格式的一行，按格式转换的规则读取，请核对", row.Where);
    }

    /// <summary>
    /// A regular table that breaks its arithmetic is the unit's mistake and stands as it is. In an irregular one it may be ours.
    /// </summary>
    void Doubt()
    {
        foreach (var balance in form.Balances.Where(b => irregularTables.Contains(b.At.Table.Code)))
        {
            if (Sum(balance.Expected) is { } expected && Sum(balance.Found) is { } found && expected != found)
            {
                foreach (var cell in balance.Expected.Concat(balance.Found).Where(c => cells[c.Index].Confidence == Confidence.Certain))
                {
                    cells[cell.Index] = cells[cell.Index] with { Confidence = Confidence.Doubtful };
                }

                Remark("arithmetic", balance.At.Path, $"{balance.At.Name}不符合勾稽关系，而表格的排列不规则，可能读错，请核对", cells[balance.At.Index].Where);
            }
        }
    }

    decimal? Sum(ImmutableArray<Cell> summands) => summands.Aggregate((decimal?)0, (sum, cell) => sum + cells[cell.Index].Value);

    /// <summary>Tells of tables, rows and columns of which nothing was found.</summary>
    void TellMissing()
    {
        foreach (var table in form.Cells.GroupBy(c => c.Table, ReferenceEqualityComparer.Instance))
        {
            Cell[] all = [.. table];
            var (section, name) = (all[0].Section, all[0].Table.Title ?? all[0].Section.Heading);
            var labelsOnly = withoutData.Where(r => r.Table!.Code == all[0].Table.Code).ToList();
            if (all.All(NotFound) && labelsOnly.Count > 0)
            {
                Remark("table_blank", section.Code, $"“{name}”的表格没有填数，各格空缺；没有的应填0，正文中的数字没有代填", labelsOnly[0].Where);
                continue;
            }

            if (all.All(NotFound))
            {
                Remark("table_missing", section.Code, $"没有找到“{name}”的表格，各格空缺；正文中的数字没有代填", null);
                continue;
            }

            foreach (var column in all.GroupBy(c => c.Column.Code).Where(g => g.All(NotFound)))
            {
                Remark("column_missing", $"{section.Code}.*.{column.Key}", $"“{name}”中没有找到“{column.First().ColumnName}”一列", null);
            }

            foreach (var row in all.GroupBy(c => c.Row.Code).Where(g => g.All(NotFound)))
            {
                if (labelsOnly.Find(r => r.Row?.Code == row.Key) is { } blank)
                {
                    TellBlank(blank);
                }
                else if (!remarks.Any(r => r.Path == $"{section.Code}.{row.Key}"))
                {
                    Remark("row_missing", $"{section.Code}.{row.Key}", $"没有找到“{row.First().RowName}”一行", null);
                }
            }
        }
    }

    bool NotFound(Cell cell) => cells[cell.Index].Text is null;

    void Set(Cell cell, FoundField? field, decimal? value, Confidence confidence) =>
        cells[cell.Index] = new CellReading(cell.Path, field?.Text ?? "", value, field?.Where, confidence);

    static string RowPath(FoundRow row)
    {
        var cell = row.Slots.FirstOrDefault(s => s is not null)!;
        return row.Row is null ? cell.Section.Code : $"{cell.Section.Code}.{row.Row.Code}";
    }

    void Remark(string code, string? path, string message, string? where) => remarks.Add(new ReadingRemark(code, path, message, where));
}
