"""What an intent is called on a page."""

from __future__ import annotations

TOPICS: dict[str, str] = {
    "ask_return": "收益", "ask_holdings": "持仓", "ask_assets": "总资产", "ask_transactions": "交易记录",
    "ask_order_status": "订单进度", "ask_statement": "对账单", "ask_redeem_arrival": "赎回到账", "ask_confirm_date": "份额确认",
    "ask_trading_hours": "交易时间", "ask_fee": "费率", "ask_limit": "起购与限额", "ask_lockup": "持有期", "ask_dividend": "分红",
    "ask_nav": "净值", "ask_fund_info": "基金介绍", "ask_recommendation": "推荐", "ask_term": "术语", "ask_robo_logic": "投顾逻辑",
    "buy_fund": "申购", "redeem_fund": "赎回", "switch_fund": "转换", "rebalance": "调仓", "cancel_order": "撤单",
    "set_dividend_mode": "分红方式", "dca_query": "定投查询", "dca_create": "新建定投", "dca_modify": "修改定投",
    "dca_pause": "暂停定投", "dca_resume": "恢复定投", "dca_stop": "终止定投", "ask_loss_reason": "亏损原因",
    "ask_market": "行情", "ask_should_sell": "要不要卖", "ask_should_add": "要不要加仓", "ask_diagnosis": "持仓诊断",
    "ask_risk_level": "风险等级", "start_risk_test": "风险测评", "ask_risk_test_expiry": "测评有效期",
    "ask_product_risk": "产品风险", "ask_unsuitable": "不能购买的原因", "qualified_investor": "合格投资者",
    "plan_education": "教育金", "plan_retirement": "养老", "plan_house": "买房", "plan_wedding": "结婚",
    "plan_insurance": "保险", "plan_family_wealth": "家族财富", "plan_tax": "税务", "plan_cross_border": "跨境",
    "ask_beginner": "新手入门", "change_phone": "换手机号", "change_card": "换银行卡", "change_identity": "身份信息",
    "login_problem": "登录", "open_account": "开户", "close_account": "销户", "account_security": "账户安全",
    "ask_benefits": "权益", "ask_privacy": "隐私", "stop_marketing": "停止推送", "accessibility": "大字与语音",
    "how_to_use": "怎么操作", "complain_delay": "投诉到账", "complain_return": "投诉收益", "complain_attitude": "投诉态度",
    "complain_missell": "投诉误导", "complain_system": "投诉系统", "complain_fee": "投诉扣费", "complain_privacy": "投诉隐私",
    "complain_other": "其他投诉", "ask_complaint_progress": "投诉进度", "ask_human": "找人工",
    "ask_own_advisor": "找专属顾问", "book_expert": "预约专家", "ask_callback": "要回电",
}  # fmt: skip
