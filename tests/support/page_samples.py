"""One page of every kind and of every trouble, in both languages, as a service might publish them.

Built by hand from the contracts: long names, great sums, errors, warnings and tenders that are not offered are all
here, because a layout that holds only the easy case does not hold.
"""

from __future__ import annotations

from dataclasses import replace

from contracts.pages import (
    Button,
    ButtonRole,
    EntryField,
    Figure,
    Notice,
    Page,
    PageKind,
    Row,
    TimeoutWarning,
    Tone,
)
from tests.support.page_sample_parts import LANGUAGES, Say, finished, plain, primary, speaker

__all__ = ["LANGUAGES", "samples"]

CHEQUE = "t=20261121T1834&s=1900.00&fn=9999078900001234&i=12345&fp=2890112345&n=1"
"""What the code on a receipt says."""


def samples(language: str) -> dict[str, Page]:
    """Pages by a name that says what is special about each."""
    pages: dict[str, Page] = {}
    for part in (_start, _account_entry, _account_card, _readings, _questions, _amount, _cash, _endings,
                 _unknown_endings, _out):
        for name, page in part(speaker(language)).items():
            pages[name] = finished(page, language, len(pages) + 1)
    return pages


def _start(say: Say) -> dict[str, Page]:
    page = plain(PageKind.START, say("Здравствуйте! Что вы хотите сделать?", "Welcome! What would you like to do?"),
                 say("Оплата электроэнергии и передача показаний без комиссии",
                     "Electricity bills and meter readings, free of charge"))
    pay = Button("pay", say("Оплатить электроэнергию", "Pay for electricity"), ButtonRole.CHOICE,
                 detail=say("Наличными, без комиссии", "In cash, no fee"), icon="cash")
    readings = Button("readings", say("Передать показания", "Submit meter readings"), ButtonRole.CHOICE,
                      detail=say("С 15 по 26 число каждого месяца", "From the 15th to the 26th of each month"),
                      icon="meter")
    balance = Button("balance", say("Узнать задолженность", "Check your balance"), ButtonRole.CHOICE,
                     detail=say("По номеру лицевого счёта", "By account number"), icon="info")
    closed = replace(pay, enabled=False, detail=say("Наличные сейчас не принимаются.",
                                                    "Cash is not accepted at the moment."))
    notice = Notice(Tone.WARNING, say("Наличные сейчас не принимаются.", "Cash is not accepted at the moment."))
    return {
        "start": replace(page, buttons=(pay, readings, balance)),
        "start-no-cash": replace(page, buttons=(closed, readings), notices=(notice,)),
    }


def _account_entry(say: Say) -> dict[str, Page]:
    page = plain(PageKind.ACCOUNT_ENTRY, say("Введите номер лицевого счёта", "Enter your account number"),
                 say("Он напечатан в верхней части квитанции.", "It is printed at the top of your bill."), (1, 4))
    field = EntryField("account", say("Номер лицевого счёта", "Account number"), "", 12,
                       hint=say("12 цифр", "12 digits"))
    wrong = replace(field, value="447 105 923 018", hint="", error=say(
        "Счёт не найден. Проверьте 12 цифр в верхней части квитанции и введите номер ещё раз.",
        "No such account. Check the 12 digits at the top of your bill and enter the number again."))
    go = primary("next", say("Найти счёт", "Find the account"))
    return {
        "account-entry-empty": replace(page, field=field, buttons=(replace(go, enabled=False),)),
        "account-entry-typed": replace(page, field=replace(field, value="447 105 92"), buttons=(go,)),
        "account-entry-error": replace(page, field=wrong, buttons=(go,)),
        "account-entry-busy": replace(page, field=replace(field, value="447 105 923 018"), buttons=(go,), busy=True),
        "account-entry-timeout": replace(
            page, field=replace(field, value="447 105 92"), buttons=(go,),
            warning=TimeoutWarning(say("Вы ещё здесь? Если нет, введённые данные будут стёрты.",
                                       "Are you still there? If not, what you have entered will be erased."), 27)),
    }


def _account_card(say: Say) -> dict[str, Page]:
    page = plain(PageKind.ACCOUNT_CARD, say("Это ваш счёт?", "Is this your account?"), step=(2, 4))
    rows = (
        Row(say("Лицевой счёт", "Account"), "447 105 923 018"),
        Row(say("Плательщик", "Payer"), say("К***в А. П.", "K***v A. P.")),
        Row(say("Адрес", "Address"), say("Смоленск, ул. Ок***, д. **, кв. **", "Smolensk, Ok*** st., **, apt. **")),
        Row(say("Тариф", "Tariff"), say("Однотарифный, 5,92 ₽/кВт·ч", "Single rate, 5,92 ₽/kWh")),
        Row(say("Последний платёж", "Last payment"), say("1 250 ₽, 14.10.2026", "1 250 ₽, 14.10.2026")),
        Row(say("К оплате за октябрь 2026", "Due for October 2026"), "1 834,56 ₽", strong=True),
    )
    buttons = (primary("pay", say("Да, оплатить", "Yes, pay")),
               Button("readings", say("Передать показания", "Submit readings"), ButtonRole.CHOICE, icon="meter"))
    long_rows = (
        Row(say("Лицевой счёт", "Account"), "447 105 923 018"),
        Row(say("Плательщик", "Payer"), say("С***** с ограниченной ответственностью «Смоленскэнергокомплектстрой»",
                                            "S***** limited liability company “Smolenskenergokomplektstroy”")),
        Row(say("Адрес", "Address"), say("Смоленская область, посёлок городского типа Верхнеднепровский, ул. Ко***",
                                         "Smolensk region, urban settlement of Verkhnedneprovsky, Ko*** street")),
        *rows[3:5],
        Row(say("Задолженность за январь — октябрь 2026", "Debt for January to October 2026"),
            "1 284 567 890,12 ₽", strong=True),
    )
    notice = Notice(Tone.INFO, say("Показания принимаются с 15 по 26 число. Сегодня последний день.",
                                   "Readings are taken from the 15th to the 26th. Today is the last day."))
    meters = _meters(say, (6, 7), (("день", "day"), ("ночь", "night")))
    many = _meters(say, (6, 7, 8), (("пик", "peak"), ("полупик", "half-peak"), ("ночь", "night")))
    debt = Notice(Tone.WARNING, say("На счёте задолженность 1 834,56 ₽.", "There is 1 834,56 ₽ to pay."))
    unread = Notice(Tone.INFO, say("Показания счётчика 01123458 мы снимаем сами, вводить их не нужно.",
                                   "We read meter 01123458 ourselves; you need not enter it."))
    return {
        "account-card": replace(page, rows=rows, buttons=buttons),
        "account-card-full": replace(page, rows=(*rows, *meters), notices=(debt, unread, notice), buttons=buttons,
                                     lead=say("Лицевой счёт …3018, АО «Энергосбыт»", "Account …3018, Energosbyt")),
        "account-card-many": replace(page, rows=(*rows[:4], *many, rows[5]), notices=(debt, notice), buttons=buttons,
                                     lead=say("Лицевой счёт …3018, АО «Энергосбыт»", "Account …3018, Energosbyt")),
        "account-card-long": replace(page, rows=long_rows, buttons=buttons, notices=(notice,)),
    }


def _meters(say: Say, numbers: tuple[int, ...], zones: tuple[tuple[str, str], ...]) -> tuple[Row, ...]:
    """One row for each register of each meter."""
    return tuple(
        Row(say(f"Счётчик 0112345{number}, {ru}", f"Meter 0112345{number}, {en}"), "12 301, 24.10.2026")
        for number in numbers for ru, en in zones)


def _readings(say: Say) -> dict[str, Page]:
    page = plain(PageKind.READING_ENTRY, say("Показание за день, Т1", "Day reading, T1"),
                 say("Перепишите цифры с экрана счётчика до запятой.",
                     "Copy the digits from the meter's display, up to the point."), (2, 4))
    field = EntryField("reading-t1", say("Счётчик № 011 234 567", "Meter No. 011 234 567"), "012 48", 6,
                       hint=say("Прошлое показание 12 301, принято 24.10.2026",
                                "Last reading 12 301, taken on 24.10.2026"), unit=say("кВт·ч", "kWh"))
    wrong = replace(field, value="012 299", error=say(
        "Это меньше прошлого показания 12 301. Проверьте цифры на счётчике.",
        "This is lower than the last reading, 12 301. Check the digits on the meter."))
    go = primary("next", say("Дальше", "Next"))
    return {
        "reading-entry": replace(page, field=field, buttons=(go,)),
        "reading-entry-rows": replace(page, field=replace(wrong, hint=""), buttons=(go,), rows=(
            Row(say("Прошлое показание", "Last reading"), say("12 301, 24.10.2026", "12 301, 24.10.2026")),)),
        "reading-entry-error": replace(page, field=wrong, buttons=(go,)),
    }


def _questions(say: Say) -> dict[str, Page]:
    unlikely = plain(PageKind.QUESTION, say("Расход больше обычного. Всё верно?", "More than usual. Is it right?"),
                     say("Проверьте показание на счётчике.", "Please check the reading on the meter."), (3, 4))
    rows = (Row(say("Введённое показание", "Reading entered"), say("16 501 кВт·ч", "16 501 kWh")),
            Row(say("Расход в этом месяце", "Used this month"), say("4 200 кВт·ч", "4 200 kWh"), strong=True),
            Row(say("Расход в прошлом месяце", "Used last month"), say("180 кВт·ч", "180 kWh")))
    answers = (Button("yes", say("Да, показание верное", "Yes, the reading is right"), ButtonRole.CHOICE),
               Button("no", say("Нет, ввести ещё раз", "No, enter it again"), ButtonRole.CHOICE))
    change = plain(PageKind.QUESTION, say("Сдачи терминал не даёт", "The terminal gives no change"), say(
        "Всё внесённое будет зачислено на ваш счёт. Излишек станет авансом.",
        "Everything you insert goes to your account. What is left over becomes an advance."), (3, 4))
    return {
        "question-unlikely": replace(unlikely, rows=rows, buttons=answers),
        "question-no-change": replace(change, buttons=(primary("agree", say("Понятно, внести деньги",
                                                                              "I agree, insert cash")),)),
    }


def _amount(say: Say) -> dict[str, Page]:
    page = plain(PageKind.AMOUNT, say("Сколько вы хотите оплатить?", "How much would you like to pay?"), step=(3, 4))
    due = Button("due", say("Вся сумма: 1 834,56 ₽", "All of it: 1 834,56 ₽"), ButtonRole.CHOICE)
    rounded = Button("round", "1 900 ₽", ButtonRole.CHOICE, detail=say("Аванс 65,44 ₽", "Advance of 65,44 ₽"))
    field = EntryField("amount", say("Сумма", "Amount"), "1 834,56", 9,
                       hint=say("От 10 ₽ до 15 000 ₽", "From 10 ₽ to 15 000 ₽"), unit="₽", decimal=True)
    wrong = replace(field, value="25 000", error=say("Больше 15 000 ₽ за один раз не принимаем.",
                                                     "No more than 15 000 ₽ at a time."))
    cash = primary("cash", say("Оплатить наличными", "Pay in cash"))
    rows = (Row(say("К оплате за октябрь 2026", "Due for October 2026"), "1 834,56 ₽", strong=True),)
    closed = replace(cash, enabled=False, detail=say("Наличные сейчас не принимаются.",
                                                     "Cash is not accepted at the moment."))
    tiles = tuple(Button(f"amount-{each}", f"{each} ₽", ButtonRole.CHOICE, detail=say(
        "65,44 ₽ из них аванс", "65,44 ₽ of it in advance") if number else "")
        for number, each in enumerate(("1 850", "1 900", "2 000", "3 000", "5 000")))
    other = Button("other-amount", say("Другая сумма", "Another amount"), ButtonRole.CHOICE)
    notes = Notice(Tone.INFO, say("Терминал принимает только купюры и не даёт сдачи. Излишек останется авансом.",
                                  "The terminal takes notes only and gives no change. What is over stays on your "
                                  "account as an advance."))
    most = Notice(Tone.INFO, say("Один платёж не больше 15 000 ₽. Остаток можно внести вторым платежом.",
                                 "One payment is at most 15 000 ₽. The rest can be paid in a second one."))
    owed = (Figure("due", say("К оплате", "Due"), "1 834,56 ₽", strong=True),)
    return {
        "amount-choice": replace(page, notices=(notes, most), figures=owed, buttons=(*tiles, other),
                                 lead=say("Лицевой счёт …3018, АО «Энергосбыт»", "Account …3018, Energosbyt")),
        "amount": replace(page, rows=rows, field=field, buttons=(due, rounded, cash)),
        "amount-error": replace(page, rows=rows, field=wrong, buttons=(due, rounded, cash)),
        "amount-no-cash": replace(page, rows=rows, field=field, buttons=(due, rounded, closed)),
    }


def _cash(say: Say) -> dict[str, Page]:
    page = plain(PageKind.INSERT_CASH, say("Вставляйте купюры по одной", "Insert notes one at a time"),
                 say("Принимаем 10, 50, 100, 200, 500, 1000, 2000 и 5000 рублей.",
                     "We take 10, 50, 100, 200, 500, 1000, 2000 and 5000 rubles."), (4, 4))

    def figures(inserted: str, left: str, due: str = "1 834,56 ₽") -> tuple[Figure, ...]:
        return (Figure("inserted", say("Внесено", "Inserted"), inserted, strong=True),
                Figure("due", say("К оплате", "To pay"), due), Figure("left", say("Осталось", "Left"), left))

    no_change = Notice(Tone.INFO, say("Сдачи нет. Всё внесённое зачислим на ваш счёт.",
                                      "No change is given. Everything you insert goes to your account."))
    returned = Notice(Tone.WARNING, say("Купюра не принята. Расправьте её или вставьте другую.",
                                        "The note was not taken. Smooth it out or insert another."))
    finish = primary("finish", say("Зачислить 1 500 ₽", "Credit 1 500 ₽"))
    return {
        "insert-cash-empty": replace(page, figures=figures("0 ₽", "1 834,56 ₽"), notices=(no_change,),
                                     buttons=(replace(finish, enabled=False, label=say("Зачислить", "Credit")),)),
        "insert-cash": replace(page, figures=figures("1 500 ₽", "334,56 ₽"), notices=(no_change,), buttons=(finish,)),
        "insert-cash-returned": replace(
            page, figures=figures("1 500 ₽", "334,56 ₽"), notices=(returned, no_change), buttons=(finish,)),
        "insert-cash-great": replace(
            page, figures=figures("12 345 678,90 ₽", "999 999 999,99 ₽", "1 012 345 678,89 ₽"), notices=(no_change,),
            buttons=(replace(finish, label=say("Зачислить 12 345 678,90 ₽", "Credit 12 345 678,90 ₽")),)),
    }


def _endings(say: Say) -> dict[str, Page]:
    wait = plain(PageKind.WAIT, say("Оформляем чек…", "Printing the receipt…"),
                 say("Не отходите от терминала. Это займёт несколько секунд.",
                     "Please stay with us. This takes a few seconds."))
    paid = plain(PageKind.OUTCOME, say("Оплачено. Спасибо!", "Paid. Thank you!"),
                 say("Возьмите чек. Электронный чек можно открыть по коду.",
                     "Take your receipt, or open it by the code."))
    done = primary("done", say("Готово", "Done"))
    refused = plain(PageKind.OUTCOME, say("Оплата отменена", "Payment cancelled"))
    nothing = Notice(Tone.WARNING, say("Деньги не вносились, со счётом ничего не произошло.",
                                       "No money was inserted; nothing has changed on the account."))
    return {
        "wait": replace(wait, busy=True),
        "outcome-paid": replace(paid, rows=_credited(say), qr=CHEQUE, buttons=(done,)),
        "outcome-cancelled": replace(refused, notices=(nothing,), buttons=(done,)),
    }


def _credited(say: Say) -> tuple[Row, ...]:
    return (Row(say("Лицевой счёт", "Account"), "447 105 923 018"),
            Row(say("Зачислено", "Credited"), "1 900 ₽", strong=True),
            Row(say("Аванс на счёте", "Advance on the account"), "65,44 ₽"),
            Row(say("Номер платежа", "Payment number"), "T-0001-000123"))


def _unknown_endings(say: Say) -> dict[str, Page]:
    unknown = plain(PageKind.UNKNOWN_OUTCOME, say("Чек пока не оформлен", "The receipt is not ready yet"), say(
        "Деньги приняты и будут зачислены сегодня. Не платите второй раз.",
        "Your money is with us and will be credited today. Please do not pay again."))
    case = (Figure("case", say("Номер обращения", "Case number"), "T-0001-000123", strong=True),)
    called = Notice(Tone.WARNING, say("Запишите номер. По нему вам ответят по телефону 8 800 100-00-00.",
                                      "Write the number down and quote it when you call 8 800 100-00-00."))
    kept = Notice(Tone.WARNING, say(
        "Деньги приняты и сохранны. Поставщик ещё не подтвердил зачисление, мы выясним это сегодня.",
        "The money is accepted and safe. The supplier has not confirmed it yet; we will find out today."))
    disputed = Notice(Tone.ERROR, say(
        "Неизвестно, осталась ли в терминале купюра 500 ₽. Если да, она ваша: проверим при вскрытии кассеты.",
        "For 500 ₽ it is not known whether the note stayed in the terminal. If it did, it is yours: we will check "
        "when the cassette is opened."))
    unprinted = Notice(Tone.WARNING, say("Чек оформлен, но не напечатан. Сфотографируйте код: это ваш чек.",
                                         "The receipt is registered but not printed. Take a picture of the code."))
    account = Button("account", say("Вернуться к счёту", "Back to the account"), ButtonRole.CHOICE)
    phone = Row(say("Телефон", "Phone"), "8 800 100-00-00", strong=True)
    quoted = Row(say("Номер обращения", "Number to quote"), "T-0001-000123", strong=True)
    done = primary("done", say("Готово", "Done"))
    return {
        "unknown-outcome-full": replace(unknown, notices=(kept, disputed, unprinted), qr=CHEQUE, buttons=(account,),
                                        rows=(*_credited(say), quoted, phone)),
        "unknown-outcome": replace(unknown, figures=case, notices=(called,), buttons=(done,),
                                   rows=(Row(say("Внесено", "Inserted"), "1 900 ₽", strong=True),)),
    }


def _out(say: Say) -> dict[str, Page]:
    page = plain(PageKind.OUT_OF_SERVICE, say("Терминал временно не работает", "Temporarily out of service"),
                 say("Приносим извинения. Мы уже знаем об этом.", "We apologise; we already know about it."))
    reasons = (Notice(Tone.WARNING, say("Чеки сейчас не печатаются, поэтому оплата не принимается.",
                                        "Receipts cannot be printed at the moment, so payments are not accepted.")),
               Notice(Tone.INFO, say("Оплатить можно в офисе: ул. Кирова, 22, ежедневно с 8 до 20.",
                                     "You can pay at our office: 22 Kirov street, daily from 8 to 20.")))
    return {"out-of-service": replace(page, notices=reasons)}
