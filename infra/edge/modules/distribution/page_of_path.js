// A CloudFront function on the viewer's request: what looks like a page of the app, and not like a
// file, is answered with the app's one page. Only for browsers, as nginx has it.
function handler(event) {
  var request = event.request;
  var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  var accept = request.headers.accept ? request.headers.accept.value : '';
  if (last.indexOf('.') === -1 && accept.indexOf('text/html') !== -1) {
    request.uri = '/index.html';
  }
  return request;
}
