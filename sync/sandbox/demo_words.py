"""What the demo says in the terminal, in Japanese and English."""

from collections.abc import Mapping

WORDS: dict[str, dict[str, str]] = {
    "ja": {
        "clock_moved": "いまは営業時間外なので、デモの時計を {time} に合わせました（操作ページで動かせます）",
        "clock_kept": "デモの時計：{time}",
        "generating": "サンプルの店を作っています",
        "remade": "サンプルの店が今日のものではないので、作り直します",
        "importing": "商品・在庫・お客様を取り込んでいます",
        "server": "サーバーを起動しています",
        "events": "購入とWeb閲覧の記録を取り込んでいます",
        "tablet": "タブレットを起動しています",
        "syncing": "タブレットの最初の同期を待っています",
        "reused": "前回のデータを使います",
        "open_tablet": "店のタブレット",
        "open_phones": "お客様の電話",
        "open_world": "操作ページ",
        "open_server": "サーバー",
        "try": "お試しの順番",
        "try_1": "タブレットでスタッフの名前を選び、画面のPINを入れます",
        "try_2": "お客様の電話で会員証を開き、コードをコピーするか、タブレットのカメラにかざします",
        "try_3": "お客様の画面で接客メモを書き、メッセージを送ります。届いた様子はお客様の電話で見られます",
        "try_4": "操作ページで「ネットワークを切る」を押しても、仕事は続けられます",
        "stop": "終わるときは Ctrl-C",
        "stopping": "止めています",
        "stopped": "止まりました。データは {data} に残っています",
        "server_died": "サーバーが止まりました（{code}）。操作ページ {url} の「サーバーを動かす」か、Enterキーで動かせます",
        "server_stopped": "サーバーを止めました。操作ページ {url} の「サーバーを動かす」か、Enterキーで動かせます",
        "server_back": "サーバーが動き始めました",
        "died": "{name} が止まりました（{code}）。記録は {log} にあります",
    },
    "en": {
        "clock_moved": "The shop would be closed now, so the demo's clock is set to {time} (the control page moves it)",
        "clock_kept": "The demo's clock: {time}",
        "generating": "Making the sample retailer",
        "remade": "The sample retailer is not of today and is made again",
        "importing": "Importing catalogue, stock and customers",
        "server": "Starting the server",
        "events": "Sending in purchases and browsing",
        "tablet": "Starting the tablet",
        "syncing": "Waiting for the tablet's first sync",
        "reused": "Using the data of the last start",
        "open_tablet": "The shop's tablet",
        "open_phones": "Customers' phones",
        "open_world": "Control page",
        "open_server": "Server",
        "try": "What to try",
        "try_1": "On the tablet pick a member of staff and enter the PIN shown there",
        "try_2": "On a customer's phone open the card; copy its code, or hold it up to the tablet's camera",
        "try_3": "On her profile write a note and send a message; watch it arrive on her phone",
        "try_4": "On the control page cut the network: the work goes on",
        "stop": "Ctrl-C ends it",
        "stopping": "Stopping",
        "stopped": "Stopped. The data stay in {data}",
        "server_died": 'The server has stopped ({code}). Start it with "Start the server" on {url}, or press Enter',
        "server_stopped": 'The server is stopped. Start it with "Start the server" on {url}, or press Enter',
        "server_back": "The server is running",
        "died": "{name} has stopped ({code}). Its log is {log}",
    },
}


def terminal_language(environment: Mapping[str, str]) -> str:
    """Return ja for a Japanese terminal, else en."""
    spoken = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "ja" if spoken.lower().startswith("ja") else "en"
