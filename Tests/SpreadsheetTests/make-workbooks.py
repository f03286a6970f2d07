#!/usr/bin/env python3
"""Makes the workbooks of the tests, and what openpyxl 3.1.5 reads in them: pip install openpyxl==3.1.5, then run it.

Workbooks of other programs differ in what openpyxl does not write; those parts are put into the archive by hand."""
import datetime
import json
import pathlib
import zipfile

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = pathlib.Path(__file__).resolve().parent / "Workbooks"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def shown(cell):
    """What the reader should say, from what openpyxl read."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        # To the nearest second.
        value = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
        time = value.strftime("%H:%M:%S" if value.second else "%H:%M")
        return value.strftime("%Y-%m-%d") + ("" if time == "00:00" else " " + time)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"
    return str(value)


def expect(name):
    sheet = next(sheet for sheet in openpyxl.load_workbook(HERE / f"{name}.xlsx", data_only=True).worksheets
                 if sheet.sheet_state == "visible")
    rows = []
    for row in sheet.iter_rows():
        cells = [shown(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append({"number": row[0].row, "cells": cells})
    (HERE / f"{name}.json").write_text(
        json.dumps({"sheet": sheet.title, "rows": rows}, ensure_ascii=False, indent=1) + "\n")


def customers():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "顧客"
    sheet.append(["顧客番号", "お名前", "フリガナ", "携帯電話番号", "ＴＥＬ", "Eメール", "住所1", "住所2", "入会日", "備考"])
    sheet.append(["C-0001", "見本 花子", "ミホン ハナコ", "090-0000-0101", 300000102, "hanako@example.jp", "東京都千代田区",
                  "見本町1-2", datetime.date(2024, 4, 1), "改行\nあり 🍎"])
    sheet.append([2, "見本 太郎", None, 9000000103, None, None, None, None, datetime.datetime(2025, 12, 31, 23, 59), True])
    sheet.append([])
    sheet.append(["C-0004", "Sample & <Co>", None, None, "03-0000-0104"])
    book.save(HERE / "customers.xlsx")


def values():
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.title = "hidden"
    hidden.append(["nobody", "should", "read", "this"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("values")
    for value, form in [
        (0.1 + 0.2, None), (1e15, None), (123456789012, None), (-5, None), (0.5, "0%"), (1234.5, "#,##0.00"),
        (45000, "yyyy/m/d"), (45000.75, "yyyy-mm-dd hh:mm"), (45000.123456, "[$-411]ggge\"年\"m\"月\"d\"日\""),
        (0.5, "h:mm"), (0.000011574074, "h:mm:ss"), (45000, "\"day\" 0"), (45000, "0.00E+00"), (59, "yyyy-mm-dd"),
        (61, "yyyy-mm-dd"), (1, "yyyy-mm-dd"), (True, None), (False, None), ("#N/A", None), ("'=1+1", None),
        ("_x000D_ and _x0041_", None), ("  spaces  ", None), (14, "General"), (7, "@"),
    ]:
        sheet.append(["", value])
        if form:
            sheet.cell(sheet.max_row, 2).number_format = form
    sheet.cell(40, 30).value = "far"
    book.active = 1
    book.save(HERE / "values.xlsx")
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([datetime.datetime(2026, 11, 26, 14, 3), datetime.date(1904, 1, 2)])
    book.save(HERE / "from-1904.xlsx")


def by_hand():
    """Parts as other programs write them: prefixed names, cells without references, readings, texts inside of cells,
    values of formulas, targets from the archive's beginning."""
    sheet = (f'<?xml version="1.0" encoding="UTF-8"?><x:worksheet {MAIN.replace("xmlns", "xmlns:x")}><x:sheetData>'
             '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>inside</x:t></x:is></x:c></x:row>'
             '<x:row r="5"><x:c r="A5" t="s"><x:v>1</x:v></x:c>'
             '<x:c r="C5" t="str"><x:f>A1&amp;"!"</x:f><x:v>formula!</x:v></x:c>'
             '<x:c r="D5" t="e"><x:v>#DIV/0!</x:v></x:c><x:c r="E5" t="s"><x:v>99</x:v></x:c>'
             '<x:c r="F5"><x:v>9.012345678E9</x:v></x:c><x:c r="G5" t="d"><x:v>2026-11-26</x:v></x:c></x:row>'
             '<x:row r="6"><x:c r="A6" s="1"/></x:row></x:sheetData></x:worksheet>')
    texts = (f'<?xml version="1.0" encoding="UTF-8"?><sst {MAIN}><si><t>氏名</t><rPh sb="0" eb="2"><t>シメイ</t></rPh></si>'
             '<si><r><t>見本</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 花子</t></r></si></sst>')
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
                       'Target="/book/main.xml"/></Relationships>',
        "book/main.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="by hand" sheetId="3" r:id="r7"/>'
                         "</sheets></workbook>",
        "book/_rels/main.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r7" Type="{OFFICE}/worksheet" '
                                    'Target="sheets/one.xml"/></Relationships>',
        "book/sheets/one.xml": sheet,
        "book/sharedStrings.xml": texts,
    }

    def write(name, **changed):
        with zipfile.ZipFile(HERE / f"{name}.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for part, text in (parts | changed).items():
                if text is not None:
                    archive.writestr(zipfile.ZipInfo(part, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)

    write("by-hand")
    write("doctype", **{"book/sheets/one.xml": sheet.replace(
        "?>", '?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', 1)})
    write("broken", **{"book/sheets/one.xml": sheet[:400]})
    write("no-sheet", **{"book/sheets/one.xml": None})
    write("wide", **{"book/sheets/one.xml": f'<worksheet {MAIN}><sheetData><row r="3"><c r="XFD3"><v>1</v></c></row>'
                                            "</sheetData></worksheet>"})
    # A megabyte of a text, in a file of some hundred bytes.
    write("endless", **{"book/sheets/one.xml": f'<worksheet {MAIN}><sheetData><row r="2"><c t="inlineStr"><is><t>'
                                               + "x" * (1_100_000) + "</t></is></c></row></sheetData></worksheet>"})


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    customers()
    values()
    by_hand()
    for one in ["customers", "values", "from-1904"]:
        expect(one)
