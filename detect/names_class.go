package detect

// Classes of Java and .NET that make code or connections of data. A reader of
// objects that takes the name of a class from its input (XML, JSON, YAML,
// expressions) is asked for these, and no page asks for them.

// runClasses are beginnings of full names, with what the name alone is worth
// inside code.
var runClasses = [...]struct {
	name  string
	score int
}{
	{"java.lang.Runtime", 66}, {"java.lang.ProcessBuilder", 66}, {"java.lang.ProcessImpl", 66},
	{"java.beans.EventHandler", 66}, {"java.beans.XMLDecoder", 66}, {"java.beans.Expression", 62},
	{"java.rmi.server.UnicastRemoteObject", 66}, {"java.rmi.server.RemoteObjectInvocationHandler", 66},
	{"java.security.SignedObject", 62}, {"java.net.URLClassLoader", 62}, {"java.util.ServiceLoader", 55},
	{"javax.script.ScriptEngineManager", 78}, {"javax.naming.InitialContext", 66}, {"javax.naming.spi", 66},
	{"javax.naming.ldap", 66}, {"javax.naming.Reference", 62}, {"javax.management.loading", 66},
	{"javax.management.BadAttributeValueExp", 66}, {"javax.imageio.ImageIO$", 66}, {"javax.imageio.spi", 62},
	{"javax.el.ELProcessor", 78}, {"javax.swing.JEditorPane", 62}, {"javax.swing.UIDefaults$", 66},
	{"com.sun.rowset", 70}, {"com.sun.jndi", 66}, {"com.sun.org.apache", 62}, {"com.sun.corba", 62},
	{"com.sun.jmx", 55}, {"com.sun.xml.internal", 62}, {"com.sun.syndication.feed.impl", 62},
	{"com.sun.security.auth.module.Jndi", 70}, {"com.sun.org.apache.xalan", 70},
	{"com.mchange.v2.c3p0", 62}, {"com.mchange.v2.naming", 66}, {"com.caucho.naming", 66}, {"com.caucho.config.types", 66},
	{"com.opensymphony.xwork2.dispatcher", 62}, {"com.opensymphony.xwork2.util", 60}, {"com.opensymphony.xwork2.Action", 60},
	{"com.ibatis.sqlmap.engine.transaction.jta", 66}, {"com.zaxxer.hikari.HikariConfig", 60},
	{"org.apache.commons.collections.functors", 70}, {"org.apache.commons.collections4.functors", 70},
	{"org.apache.commons.collections.keyvalue.TiedMap", 66}, {"org.apache.commons.configuration.JNDI", 66},
	{"org.apache.commons.beanutils.BeanComparator", 66}, {"org.apache.xbean.naming", 66}, {"org.apache.shiro.jndi", 66},
	{"org.apache.commons.dbcp.datasources", 60}, {"org.apache.ibatis.datasource.jndi", 66}, {"org.apache.tomcat.InstanceManager", 66},
	{"org.apache.tomcat.dbcp.dbcp.BasicDataSource", 62}, {"org.apache.openjpa.ee", 66}, {"org.apache.naming.factory", 66},
	{"org.apache.catalina.users.MemoryUserDatabase", 66}, {"org.apache.velocity.runtime", 55}, {"org.apache.wicket.util.upload.Disk", 66},
	{"org.springframework.context.support.ClassPathXml", 66}, {"org.springframework.context.support.FileSystemXml", 66},
	{"org.springframework.aop.support.DefaultBeanFactory", 62}, {"org.springframework.beans.factory.ObjectFactory", 62},
	{"org.springframework.beans.factory.config.PropertyPath", 66}, {"org.springframework.jndi", 60},
	{"org.springframework.core.SerializableTypeWrapper", 66}, {"org.springframework.expression.spel", 60},
	{"org.codehaus.groovy.runtime", 66}, {"org.hibernate.jmx", 66}, {"org.hibernate.tuple.component", 62}, {"org.mozilla.javascript.Native", 62},
	{"org.python.core.PyObject", 62}, {"org.quartz.utils.JNDI", 66}, {"org.jboss.util.propertyeditor", 66},
	{"org.yaml.snakeyaml.Yaml", 55}, {"org.eclipse.jetty.plus.jndi", 66}, {"org.h2.jdbcx", 60}, {"org.postgresql.ds.PG", 55},
	{"ognl.OgnlContext", 78}, {"freemarker.template.utility", 78}, {"groovy.util.Expando", 66}, {"groovy.lang.GroovyShell", 66},
	{"groovy.util.Eval", 70}, {"jdk.nashorn", 66}, {"jdk.jshell", 70}, {"ch.qos.logback.core.db", 66}, {"ch.qos.logback.core.JNDI", 66},
	{"sun.reflect.annotation.AnnotationInv", 70}, {"sun.rmi", 60}, {"sun.misc.Unsafe", 62}, {"javassist.util", 60},
	{"System.Diagnostics.Process", 64}, {"System.Windows.Data.ObjectDataProvider", 75}, {"System.Reflection.Assembly", 60},
	{"System.Configuration.Install.Assembly", 70}, {"System.Management.Automation", 60}, {"System.Web.UI.LosFormatter", 70},
	{"System.Windows.Markup.XamlReader", 70}, {"System.Security.Principal.WindowsIdentity", 60}, {"System.Activities.Presentation", 66},
	{"System.IdentityModel.Tokens.SessionSecurity", 70}, {"System.Runtime.Remoting", 60}, {"System.CodeDom.Compiler.TempFile", 70},
	{"System.Workflow.ComponentModel", 70}, {"System.Net.WebClient", 60},
}

// classScore returns what a name that b begins with is worth.
func classScore(b []byte) int {
	best := 0
	for _, c := range runClasses {
		if c.score > best && hasPrefix(b, c.name) {
			best = c.score
		}
	}
	return best
}
