/* Starts Swagger UI on the page, and says in Chinese what it says in English. */
(() => {
  "use strict";
  const words = {
    "Authorize": "填写密钥", "Available authorizations": "密钥", "Close": "关闭", "Logout": "清除", "Value:": "密钥：",
    "Try it out": "试一试", "Try it out ": "试一试", "Cancel": "取消", "Execute": "发送", "Clear": "清空", "Reset": "恢复",
    "Parameters": "参数", "No parameters": "没有参数", "Request body": "请求内容", "Responses": "答复",
    "Response body": "答复内容", "Response headers": "答复头", "Server response": "服务的答复", "Request URL": "请求地址",
    "Code": "状态码", "Description": "说明", "Details": "详情", "Links": "链接", "No links": "无", "Name": "名称",
    "Example Value": "样例", "Schema": "形状", "Schemas": "数据形状", "Media type": "类型", "Headers:": "头：",
    "Download": "下载", "Send empty value": "发送空值", "Loading...": "正在载入……", "required": "必填",
    "Controls Accept header.": "决定 Accept 头。", "Copy to clipboard": "复制", "Expand all": "全部展开",
    "Collapse all": "全部收起", "Failed to load API definition.": "接口文档载入失败，请刷新重试。",
  };
  const root = document.getElementById("docs");
  const translate = (node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const said = words[text.data.trim()];
      if (said && !text.parentElement.closest("pre, code, textarea")) text.data = said;
    }
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") translate(change.target.parentNode);
      for (const node of change.addedNodes) translate(node.nodeType === Node.TEXT_NODE ? node.parentNode : node);
    }
  }).observe(root, { childList: true, characterData: true, subtree: true });
  window.SwaggerUIBundle({ url: root.dataset.document, domNode: root, deepLinking: true, validatorUrl: null });
})();
